import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isSecretError, openStore } from "@kinko/core";

// Nothing here says who keeps the secrets: kinko.config.yaml does.
const store = await openStore();
const folder = "five-backends";
const written = new Set();

// Three kinds of 20 KB each, and what comes back.
const values = {
  text: "金庫 and a key".repeat(1_280),
  json: { notes: "n".repeat(20_443), port: 5432, user: "app" },
  binary: Uint8Array.from({ length: 20_480 }, (_, index) => (index * 31 + (index >> 8)) % 256),
};
for (const [name, value] of Object.entries(values)) {
  await write(`${folder}/${name}`, value);
  const secret = await store.get(`${folder}/${name}`);
  const hash = createHash("sha256").update(secret.bytes()).digest("hex").slice(0, 16);
  console.log(`${name}: ${secret.kind} of ${secret.byteLength} bytes, sha256 ${hash}…`);
}

// An older version stays readable.
const { version = "" } = await write(`${folder}/password`, "the first");
await write(`${folder}/password`, "the second");
const first = await store.get({ path: [folder, "password"], version: { kind: "id", id: version } });
const newest = await store.get(`${folder}/password`);
console.log(`password: now ${newest.text()}, version 1 was ${first.text()}`);

// 500 names, listed by a prefix of whole segments: `manyfold` is not beneath `many`.
await write(`${folder}/manyfold`, "a neighbour");
const names = Array.from({ length: 500 }, (_, index) => `${folder}/many/${1_000 + index}`);
await each(names, (name) => write(name, `the value of ${name}`));
const listed = [];
for await (const { path } of store.list({ prefix: `${folder}/many` })) listed.push(path.join("/"));
listed.sort();
console.log(`names: ${listed.length}, from ${listed.at(0)} to ${listed.at(-1)}`);
const found = await store.getMany(names);
const right = names.filter((name) => found.get(name)?.text() === `the value of ${name}`);
console.log(`values: ${right.length} as they were written`);

// Where stores differ they say so, and why.
await tell("check-and-set", async () => {
  try {
    await store.put(`${folder}/password`, "too late", { ifVersion: version });
    return "an overtaken write went through";
  } catch (error) {
    if (!isSecretError(error, "Conflict")) throw error;
    return "an overtaken write is refused";
  }
});
await tell("undelete", async () => {
  await store.delete(`${folder}/manyfold`);
  await store.undelete(`${folder}/manyfold`);
  return `${(await store.get(`${folder}/manyfold`)).text()} is back`;
});

await each([...written], (name) => patiently(() => store.delete(name, { mode: "purge" })));
await store.close();

/**
 * @param {string} name
 * @param {import("@kinko/core").SecretInput} value
 */
async function write(name, value) {
  const result = await patiently(() => store.put(name, value));
  written.add(name);
  return result;
}

/**
 * Services take so many requests in so many seconds. Who is asked to slow down does.
 *
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
async function patiently(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isSecretError(error, "RateLimited") || !error.retryable) throw error;
      await sleep(error.retryAfterMs ?? 1_000);
    }
  }
}

/**
 * Eight at a time.
 *
 * @param {readonly string[]} items
 * @param {(item: string) => Promise<unknown>} work
 */
async function each(items, work) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/**
 * @param {string} what
 * @param {() => Promise<string>} work
 */
async function tell(what, work) {
  try {
    console.log(`${what}: ${await work()}`);
  } catch (error) {
    if (!isSecretError(error, "Unsupported")) throw error;
    console.log(`${what}: not in this store. ${error.message}`);
  }
}
