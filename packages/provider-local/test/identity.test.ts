import { execFileSync } from "node:child_process";
import { chmod, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@kinko/core";
import { createCanary, expectClean, expectFilesClean } from "@kinko/testing";
import { armor, Encrypter } from "age-encryption";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateIdentity, initLocalStore } from "@kinko/provider-local/admin";
import { createScryptIdentity, scryptWorkFactor } from "../src/crypto/scrypt.js";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

let local: TestStore;
beforeEach(async () => {
  local = await createTestStore();
  await local.store().put("a", "value");
});
afterEach(() => local.remove());

async function expectRefused(code: string, reason: string): Promise<string> {
  const error = await failureOf(local.store().get("a"));
  expect(error).toMatchObject({ code, reason, provider: "local" });
  expectClean(error, { value: key(), forms: [{ name: "raw", text: key() }] });
  return error.message;
}

let keyText = "";
/** The secret line of the identity. */
function key(): string {
  return keyText;
}
beforeEach(async () => {
  keyText = (await readFile(local.identity, "utf8")).match(/AGE-SECRET-KEY-1\w+/u)?.[0] as string;
});

describe("the identity file", () => {
  test("has mode 0600 and the form that age-keygen writes", async () => {
    const lines = (await readFile(local.identity, "utf8")).split("\n");
    expect(lines[0]).toMatch(/^# created: \d{4}-/u);
    expect(lines[1]).toBe(`# public key: ${local.created.recipient}`);
    expect(lines.slice(2)).toEqual([key(), ""]);
  });

  test.each([0o640, 0o604, 0o620, 0o602, 0o610])(
    "is refused with mode %o, naming the chmod",
    async (mode) => {
      await chmod(local.identity, mode);
      expect(await expectRefused("Config", "insecure-identity")).toContain("chmod 600");
    },
  );

  test("may be stricter than 0600", async () => {
    await chmod(local.identity, 0o400);
    expect((await local.store().get("a")).text()).toBe("value");
  });

  test("is refused as a symbolic link", async () => {
    await rename(local.identity, `${local.identity}.real`);
    await symlink(`${local.identity}.real`, local.identity);
    await expectRefused("Config", "insecure-identity");
  });

  test("is refused as a FIFO, without waiting for a writer", async () => {
    await rm(local.identity);
    execFileSync("mkfifo", ["-m", "600", local.identity]);
    await expectRefused("Config", "insecure-identity");
  });

  test("that is missing is named", async () => {
    await rm(local.identity);
    expect(await expectRefused("Unauthenticated", "identity-missing")).toContain(local.identity);
  });

  test.each([
    ["empty", () => ""],
    ["only comments", () => "# nothing\n"],
    ["another text", () => "-----BEGIN OPENSSH PRIVATE KEY-----\n"],
    ["cut off", () => key().slice(0, -1)],
    ["mistyped", () => key().replace(/.$/u, (last) => (last === "Q" ? "P" : "Q"))],
    ["a public key", () => local.created.recipient],
  ])("that is %s is refused without being quoted", async (_what, content) => {
    await writeFile(local.identity, content());
    await expectRefused("Config", "invalid-identity");
  });

  test("may hold several identities, of which any can open the store", async () => {
    const { content } = await generateIdentity();
    await writeFile(local.identity, `${content.text()}\r\n${key()}\r\n`);
    expect((await local.store().get("a")).text()).toBe("value");
  });

  test("is not needed when KINKO_IDENTITY holds the identity", async () => {
    await rm(local.identity);
    local.env["KINKO_IDENTITY"] = key();
    expect((await local.store().get("a")).text()).toBe("value");
    local.env["KINKO_IDENTITY"] = "AGE-SECRET-KEY-1WRONG";
    await expectRefused("Config", "invalid-identity");
  });
});

describe("a passphrase", () => {
  const canary = createCanary();
  const passphrase = Secret.text(canary.value);
  const env = (): Record<string, string | undefined> => local.env;
  const options = { file: "second.age", identity: "second.txt" };

  async function createProtected(): Promise<void> {
    await initLocalStore({ ...options, directory: local.directory, env: local.env, passphrase });
    const text = await readFile(join(local.directory, "second.txt"), "latin1");
    expect(text).toContain(`-> scrypt `);
    expect(text).toContain(` ${scryptWorkFactor}\n`);
    await expectFilesClean(local.directory, canary);
  }

  test("from the environment or from a file opens the identity, once for a driver", async () => {
    await createProtected();
    env()["KINKO_PASSPHRASE"] = canary.value;
    const store = local.store(options);
    await store.put("b", "2");
    delete env()["KINKO_PASSPHRASE"];
    expect((await store.get("b")).text()).toBe("2");

    env()["OTHER"] = canary.value;
    expect((await local.store({ ...options, passphraseEnv: "OTHER" }).get("b")).text()).toBe("2");
    const file = join(local.directory, "passphrase");
    await writeFile(file, `${canary.value}\n`, { mode: 0o600 });
    expect((await local.store({ ...options, passphraseFile: file }).get("b")).text()).toBe("2");
    await chmod(file, 0o644);
    const error = await failureOf(local.store({ ...options, passphraseFile: file }).get("b"));
    expect(error.reason).toBe("insecure-passphrase-file");
    expectClean(error, canary);
  });

  test("that is missing or wrong is said as such, and never shown", async () => {
    await createProtected();
    const missing = await failureOf(local.store(options).get("b"));
    expect(missing).toMatchObject({ code: "Unauthenticated", reason: "passphrase-missing" });
    env()["KINKO_PASSPHRASE"] = `${canary.value}x`;
    const wrong = await failureOf(local.store(options).get("b"));
    expect(wrong).toMatchObject({ code: "Unauthenticated", reason: "wrong-passphrase" });
    expectClean(wrong, canary);
    const absent = await failureOf(local.store({ ...options, passphraseFile: "none" }).get("b"));
    expect(absent.reason).toBe("passphrase-missing");
  });

  test("of fewer than 8 characters is refused before anything is created", async () => {
    const short = { ...options, passphrase: Secret.text("1234567") };
    const init = initLocalStore({ ...short, directory: local.directory, env: local.env });
    expect((await failureOf(init)).reason).toBe("weak-passphrase");
    const missing = await failureOf(local.store(options).get("b"));
    expect(missing.reason).toBe("store-missing");
  });

  test.each([
    ["armored", true],
    ["binary", false],
  ])("opens an %s identity file of another age program", async (_form, armored) => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(canary.value);
    encrypter.setScryptWorkFactor(14);
    const encrypted = await encrypter.encrypt(key());
    await writeFile(local.identity, armored ? armor.encode(encrypted) : encrypted);
    env()["KINKO_PASSPHRASE"] = canary.value;
    expect((await local.store().get("a")).text()).toBe("value");
  });

  test.each([
    ["too high, before any work is done", "21", "scrypt-work-factor-too-high"],
    ["absurd, before any work is done", "63", "scrypt-work-factor-too-high"],
    ["too low", "13", "scrypt-work-factor-too-low"],
  ])("with a work factor that is %s is refused", async (_what, factor, reason) => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(canary.value);
    encrypter.setScryptWorkFactor(14);
    const text = Buffer.from(await encrypter.encrypt(key())).toString("latin1");
    await writeFile(local.identity, Buffer.from(text.replace(" 14\n", ` ${factor}\n`), "latin1"));
    env()["KINKO_PASSPHRASE"] = canary.value;
    await expectRefused("Config", reason);
  });

  test("does not open a damaged identity file", async () => {
    await createProtected();
    const file = join(local.directory, "second.txt");
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, -1));
    env()["KINKO_PASSPHRASE"] = canary.value;
    expect((await failureOf(local.store(options).get("b"))).reason).toBe("invalid-identity");
  });

  test("answers no stanza that is not its own", async () => {
    const identity = createScryptIdentity(Buffer.from("x"));
    expect(await identity.unwrapFileKey([])).toBe(null);
  });
});
