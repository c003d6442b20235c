import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCanary, expectClean, expectFilesClean, FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFileFallback } from "../../src/fallback/index.js";
import { decodeSaved, encodeSaved } from "../../src/fallback/encode-saved.js";
import { seal, unseal } from "../../src/fallback/seal.js";
import { createStore } from "../../src/index.js";
import type { SavedSecret, SecretStore } from "../../src/index.js";
import { folder } from "../support/folder.js";
import { failureOf } from "../support/limited.js";

const canary = createCanary();
const key = randomBytes(32);

function saved(text = canary.value, name = "prod/db"): SavedSecret {
  return {
    key: name,
    readAtMs: 5,
    kind: "text",
    bytes: Buffer.from(text),
    metadata: { path: name, provider: "vault", version: "3", tags: { owner: "a" } },
  };
}

async function prepare(): Promise<{
  readonly directory: string;
  readonly file: () => Promise<string>;
  readonly fallback: ReturnType<typeof createFileFallback>;
}> {
  const directory = join(await folder(), "state/cache");
  const file = async (): Promise<string> => join(directory, (await readdir(directory))[0] ?? "");
  return { directory, file, fallback: createFileFallback({ directory, key }) };
}

describe("the file of a fallback", () => {
  test("gives back what was saved, is for its owner alone, and holds nothing in the clear", async () => {
    const { directory, file, fallback } = await prepare();
    expect(await fallback.load("vault")).toEqual([]);
    const one = saved();
    await fallback.save("vault", [one, saved("", "b")]);
    expect(one.bytes.every((byte) => byte === 0)).toBe(true);
    expect(await fallback.load("vault")).toEqual([saved(), saved("", "b")]);
    expect((await stat(await file())).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await expectFilesClean(directory, canary);
    expect((await readFile(await file())).includes("prod/db")).toBe(false);
    await fallback.save("vault", []);
    expect(await fallback.load("vault")).toEqual([]);
    expect(await readdir(directory)).toHaveLength(1);
  });

  test("is one for each store, and none opens that of another", async () => {
    const { directory, fallback } = await prepare();
    await fallback.save("vault", [saved()]);
    expect(await fallback.load("aws")).toEqual([]);
    await fallback.save("aws", [saved("x")]);
    const [first = "", second = ""] = await readdir(directory);
    await writeFile(join(directory, second), await readFile(join(directory, first)));
    const loads = [fallback.load("vault"), fallback.load("aws")];
    const settled = await Promise.allSettled(loads);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("is refused when a single bit was changed, it was cut, or the key is another", async () => {
    const { directory, file, fallback } = await prepare();
    await fallback.save("vault", [saved()]);
    const name = await file();
    const whole = await readFile(name);
    const changed = [whole.subarray(0, -1), Buffer.alloc(0), Buffer.concat([whole, whole])];
    for (let index = 0; index < whole.byteLength; index += 1) {
      const copy = Buffer.from(whole);
      copy[index] = (copy[index] ?? 0) ^ 1;
      changed.push(copy);
    }
    for (const bytes of changed) {
      await writeFile(name, bytes);
      const error = await failureOf(fallback.load("vault"));
      expect(error).toMatchObject({ code: "Corrupt", reason: "fallback-not-authentic" });
      expectClean(error, canary);
    }
    await writeFile(name, whole);
    const other = createFileFallback({ directory, key: () => randomBytes(32) });
    expect(await failureOf(other.load("vault"))).toMatchObject({ code: "Corrupt" });
    expect(await fallback.load("vault")).toHaveLength(1);
  });

  test("is refused when others could have written it, or it is a link", async () => {
    const { directory, file, fallback } = await prepare();
    await fallback.save("vault", [saved()]);
    const name = await file();
    await chmod(name, 0o644);
    const open = await failureOf(fallback.load("vault"));
    expect(open).toMatchObject({ code: "Config", reason: "fallback-not-private" });
    await chmod(name, 0o600);
    await chmod(directory, 0o750);
    for (const work of [fallback.load("vault"), fallback.save("vault", [saved()])]) {
      expect(await failureOf(work)).toMatchObject({ reason: "fallback-not-private" });
    }
    const links = join(await folder(), "links");
    await mkdir(links, { mode: 0o700 });
    await symlink(name, join(links, (await readdir(directory))[0] ?? ""));
    const linked = createFileFallback({ directory: links, key });
    expect(await failureOf(linked.load("vault"))).toMatchObject({ code: "Corrupt" });
  });

  test.each([new Uint8Array(31), new Uint8Array(0), "a".repeat(32), undefined])(
    "a key that is none is refused",
    async (bad) => {
      const directory = await folder();
      const make = (): unknown => createFileFallback({ directory, key: bad as Uint8Array });
      expect(make).toThrow(expect.objectContaining({ reason: "bad-fallback-key" }) as Error);
      const later = createFileFallback({ directory, key: () => bad as Uint8Array });
      const error = await failureOf(later.save("vault", [saved()]));
      expect(error).toMatchObject({ reason: "bad-fallback-key" });
      expectClean(error, canary);
    },
  );
});

const anySaved = fc.record({
  key: fc.string({ minLength: 1 }),
  readAtMs: fc.nat(),
  kind: fc.constantFrom("text" as const, "json" as const, "binary" as const),
  bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  metadata: fc.record({
    path: fc.string(),
    provider: fc.string(),
    version: fc.option(fc.string(), { nil: undefined }),
    createdAt: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
    expiresAt: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
    tags: fc.dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      fc.string(),
      { noNullPrototype: true },
    ),
  }),
});

describe("what is sealed", () => {
  test("comes back as it was, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(anySaved, { maxLength: 8 }), fc.string(), (secrets, store) => {
        const plain = encodeSaved(secrets);
        const opened = unseal(seal(plain, key, store), key, store);
        expect(opened?.equals(plain)).toBe(true);
        expect(decodeSaved(opened ?? Buffer.alloc(0))).toEqual(secrets);
      }),
    );
  });

  test("is never the same twice, and nothing that was cut or added is taken", () => {
    const plain = encodeSaved([saved()]);
    expect(seal(plain, key, "a").equals(seal(plain, key, "a"))).toBe(false);
    fc.assert(
      fc.property(fc.nat(plain.byteLength - 1), (end) => {
        expect(decodeSaved(plain.subarray(0, end))).toBeUndefined();
      }),
    );
    expect(decodeSaved(Buffer.concat([plain, Buffer.from("x")]))).toBeUndefined();
  });
});

test("a store that restarts while its backend is down reads on from the file", async () => {
  const { directory, fallback } = await prepare();
  let isDown = false;
  const clock = new FakeClock();
  const open = (): SecretStore => {
    const driver = createMemoryProvider(
      { secrets: { a: canary.value } },
      {
        clock,
        beforeCall: () => {
          if (isDown) throw new MemoryFault("Unavailable");
        },
      },
    );
    const resilience = { retry: false, cache: { fallback } } as const;
    return createStore("memory", driver, { clock, resilience });
  };
  const before = open();
  await before.get("a");
  await before.close();
  await expectFilesClean(directory, canary);
  isDown = true;
  const after = open();
  const value = await after.get("a");
  expect(value.text()).toBe(canary.value);
  expect(value.metadata).toMatchObject({ stale: true, ageMs: 0 });
  await after.close();
});
