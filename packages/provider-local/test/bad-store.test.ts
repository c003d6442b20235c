import {
  chmod,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { createCanary, expectClean, expectFilesClean, type Canary } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { initLocalStore } from "@kinko/provider-local/admin";
import { encryptTo } from "../src/crypto/age.js";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

let local: TestStore;
let canary: Canary;
beforeEach(async () => {
  local = await createTestStore();
  canary = createCanary();
  const store = local.store();
  await store.put("a", canary.value);
  await store.close();
});
afterEach(() => local.remove());

async function expectRefused(code: string, reason: string): Promise<string> {
  const before = await readFile(local.file).catch(() => undefined);
  const store = local.store();
  const errors = [
    await failureOf(store.get("a")),
    await failureOf(store.tryGet("a")),
    await failureOf(store.put("a", canary.value)),
    await failureOf(store.delete("a", { mode: "purge" })),
    await failureOf(store.patch("a", { field: canary.value })),
    await failureOf(store.versions("a")),
    await failureOf(store.list().pages()[Symbol.asyncIterator]().next()),
  ];
  for (const error of errors) {
    expect(error).toMatchObject({ code, reason, provider: "local" });
    expectClean(error, canary);
  }
  expect(await store.health()).toMatchObject({ status: "unhealthy", code });
  expect(await readFile(local.file).catch(() => undefined)).toEqual(before);
  await expectFilesClean(local.directory, canary);
  return errors[0]?.message ?? "";
}

describe("a store that is not usable fails with its own error, and is not changed:", () => {
  test("a missing file is never NotFound", async () => {
    await rm(local.file);
    expect(await expectRefused("Uninitialized", "store-missing")).toContain("kinko init");
  });

  test("a missing folder", async () => {
    await rm(dirname(local.file), { recursive: true });
    await expectRefused("Uninitialized", "store-missing");
  });

  test("a key that is not a recipient", async () => {
    await rm(local.identity);
    await initLocalStore({ file: "other.age", directory: local.directory, env: local.env });
    await expectRefused("Unauthenticated", "wrong-key");
  });

  test("some other text", async () => {
    await writeFile(local.file, "password=hunter2\n");
    await expectRefused("Config", "foreign-store-file");
  });

  test("an age file that holds something else", async () => {
    await writeFile(
      local.file,
      await encryptTo([local.created.recipient], Buffer.from(canary.value)),
    );
    await expectRefused("Config", "foreign-store-file");
  });

  test("a store of a later version", async () => {
    const later = '{"format":"kinko-store","formatVersion":2}';
    await writeFile(local.file, await encryptTo([local.created.recipient], Buffer.from(later)));
    await expectRefused("Config", "newer-format");
  });

  test("a symbolic link", async () => {
    await rename(local.file, `${local.file}.real`);
    await symlink(`${local.file}.real`, local.file);
    expect(await expectRefused("Config", "insecure-store")).toContain("symbolic link");
  });

  test("a file that others can write", async () => {
    await chmod(local.file, 0o666);
    expect(await expectRefused("Config", "insecure-store")).toContain("chmod go-w");
  });

  test("a folder that others can write", async () => {
    await chmod(dirname(local.file), 0o777);
    expect(await expectRefused("Config", "insecure-store")).toContain("chmod go-w");
    await chmod(dirname(local.file), 0o700);
  });

  test("a folder in place of the file", async () => {
    await rm(local.file);
    await mkdir(local.file);
    const store = local.store();
    expect(await failureOf(store.get("a"))).toMatchObject({ reason: "insecure-store" });
  });

  test("an empty file", async () => {
    await truncate(local.file, 0);
    await expectRefused("Corrupt", "corrupt-store");
  });
});

test("a sticky folder that everybody can write, such as /tmp, is fine above the store", async () => {
  await chmod(local.directory, 0o1777);
  expect((await local.store().get("a")).text()).toBe(canary.value);
});

test("a second name of the file is fine", async () => {
  await link(local.file, join(local.directory, "backup.age"));
  expect((await local.store().get("a")).text()).toBe(canary.value);
});

test("a store cut off at any length is corrupt, never empty and never another kind of failure", async () => {
  const whole = await readFile(local.file);
  const store = local.store();
  for (let length = 0; length < whole.byteLength; length += 1) {
    await writeFile(local.file, whole.subarray(0, length));
    const error = await failureOf(store.get("a"));
    expect(`${length}: ${error.code} ${error.reason}`).toBe(`${length}: Corrupt corrupt-store`);
    if (length % 100 === 0) expectClean(error, canary);
  }
  await writeFile(local.file, whole);
  expect((await store.get("a")).text()).toBe(canary.value);
}, 120_000);

test("a flipped bit anywhere is noticed: corrupt, or in the part for this key a key that does not fit", async () => {
  const whole = await readFile(local.file);
  const stanzaStart = whole.indexOf("-> X25519");
  const stanzaEnd = whole.indexOf("\n--- ");
  const store = local.store();
  for (let index = 0; index < whole.byteLength; index += 1) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(whole.readUInt8(index) ^ (1 << (index % 8)), index);
    await writeFile(local.file, damaged);
    const error = await failureOf(store.get("a"));
    const inStanza = index >= stanzaStart && index <= stanzaEnd;
    const expected = inStanza
      ? ["corrupt-store", "wrong-key"]
      : ["corrupt-store", "foreign-store-file"];
    expect(expected, `byte ${index}`).toContain(error.reason);
    if (index > stanzaEnd) expect(`${index} ${error.code}`).toBe(`${index} Corrupt`);
    if (index % 100 === 0) expectClean(error, canary);
  }
}, 120_000);
