import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realVault } from "@kinko/servers/vitest";
import { createCanary, expectClean } from "@kinko/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runCli, type CliResult, type CliRunOptions } from "../support/cli.js";

const vault = realVault();
const mount = `transit-${randomBytes(6).toString("hex")}`;
const canary = createCanary();
let directory: string;

beforeAll(async () => {
  await vault.request("POST", `sys/mounts/${mount}`, { type: "transit" });
  for (const name of ["app", "other"]) await vault.request("POST", `${mount}/keys/${name}`, {});
  await vault.request("POST", `${mount}/keys/signer`, { type: "ed25519" });
});
afterAll(async () => {
  await vault.request("DELETE", `sys/mounts/${mount}`);
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kinko-cli-transit-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const config = `provider: vault\nproviders:\n  vault:\n    transit:\n      mount: ${mount}\n`;
  await writeFile(join(directory, "kinko.config.yaml"), config);
});

async function kinko(line: string, options: CliRunOptions = {}): Promise<CliResult> {
  const result = await runCli(["transit", ...line.split(" ")], {
    ...options,
    directory,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token },
    importProvider: (name) =>
      name === "@kinko/provider-vault" ? import("@kinko/provider-vault") : undefined,
  });
  expectClean(result.stderr, canary);
  return result;
}

const at = (name: string): string => join(directory, name);

describe("values", () => {
  test("are encrypted from stdin, and shown again only with --reveal", async () => {
    const sealed = await kinko("encrypt app", { stdin: `${canary.value}\n` });
    expect(sealed).toMatchObject({ code: 0, stderr: "" });
    expect(sealed.stdout).toMatch(/^vault:v1:\S+\n$/u);
    const masked = await kinko("decrypt app", { stdin: sealed.stdout });
    expect(masked.code).toBe(0);
    expectClean(masked.stdout, canary);
    const shown = await kinko("decrypt app --reveal", { stdin: sealed.stdout });
    expect(shown.stdout).toBe(canary.value);
    await kinko("decrypt app --out value", { stdin: sealed.stdout });
    expect(await readFile(at("value"), "utf8")).toBe(canary.value);
    expect((await stat(at("value"))).mode & 0o777).toBe(0o600);
  });

  test("that do not open tell why, each with its own exit code", async () => {
    const sealed = await kinko("encrypt app --associated-data row1", { stdin: canary.value });
    const other = await kinko("decrypt other --reveal", { stdin: sealed.stdout });
    expect(other).toMatchObject({ code: 26, stdout: "" });
    expect(other.stderr).toContain("(not-authentic)");
    expect((await kinko("decrypt app --reveal", { stdin: sealed.stdout })).code).toBe(26);
    expect((await kinko("decrypt app", { stdin: "nonsense" })).code).toBe(20);
    const missing = await kinko("encrypt nobody", { stdin: canary.value });
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain("kinko transit key list");
    const right = await kinko("decrypt app --reveal --associated-data row1", {
      stdin: sealed.stdout,
    });
    expect(right.stdout).toBe(canary.value);
  });

  test("are never an argument", async () => {
    const result = await kinko(`encrypt app ${canary.value}`);
    expect(result).toMatchObject({ code: 2, stdout: "" });
  });

  test("are rewrapped, signed, verified and authenticated", async () => {
    const sealed = await kinko("encrypt app", { stdin: canary.value });
    const rewrapped = await kinko("rewrap app", { stdin: sealed.stdout });
    expect((await kinko("decrypt app --reveal", { stdin: rewrapped.stdout })).stdout).toBe(
      canary.value,
    );
    const signature = (await kinko("sign signer", { stdin: canary.value })).stdout.trim();
    const verify = `verify signer --signature ${signature}`;
    expect(await kinko(verify, { stdin: canary.value })).toMatchObject({
      code: 0,
      stdout: "valid\n",
    });
    expect(await kinko(verify, { stdin: "other" })).toMatchObject({
      code: 1,
      stdout: "not valid\n",
    });
    const hmac = (await kinko("hmac app --hash sha2-512", { stdin: canary.value })).stdout.trim();
    const check = await kinko(`verify app --hmac ${hmac} --hash sha2-512 --json`, {
      stdin: canary.value,
    });
    expect(JSON.parse(check.stdout)).toEqual({ key: "app", valid: true });
    expect((await kinko("verify app", { stdin: "x" })).code).toBe(2);
  });
});

test("random bytes and data keys are masked, or go to a file", async () => {
  expect((await kinko("random 32")).stdout).toMatch(/^●+ \(32 bytes\)\n$/u);
  expect((await kinko("random 32 --reveal --format hex")).stdout).toMatch(/^[0-9a-f]{64}$/u);
  const wrapped = await kinko("datakey app");
  expect(wrapped.stdout).toMatch(/^vault:v1:\S+\n$/u);
  const both = await kinko("datakey app --out data.key");
  const opened = await kinko("decrypt app --reveal", { stdin: both.stdout });
  expect(opened.stdoutBytes.equals(await readFile(at("data.key")))).toBe(true);
});

describe("files", () => {
  test("of any size go in and come out, as files and as streams", async () => {
    const content = randomBytes(900_000);
    await writeFile(at("plain"), content);
    const sealed = await kinko("encrypt app --in plain --out sealed --json");
    expect(JSON.parse(sealed.stdout)).toMatchObject({ key: "app", inputBytes: content.byteLength });
    expect((await kinko("decrypt app --in sealed --out opened")).code).toBe(0);
    expect((await readFile(at("opened"))).equals(content)).toBe(true);

    const streamed = await kinko("encrypt app --in - --out -", { stdin: content });
    const back = await kinko("decrypt app --in - --out -", { stdin: streamed.stdoutBytes });
    expect(back.stdoutBytes.equals(content)).toBe(true);
    const toFile = await kinko("decrypt app --in - --out file", { stdin: streamed.stdoutBytes });
    expect(toFile.code).toBe(0);
    expect((await readFile(at("file"))).equals(content)).toBe(true);
  });

  test("that were cut deliver nothing", async () => {
    await writeFile(at("plain"), randomBytes(900_000));
    await kinko("encrypt app --in plain --out sealed");
    await writeFile(at("sealed"), (await readFile(at("sealed"))).subarray(0, -20));
    const result = await kinko("decrypt app --in sealed --out opened");
    expect(result.code).toBe(26);
    expect(await readdir(directory)).not.toContain("opened");
  });

  test("need both ends, and a terminal is none", async () => {
    expect((await kinko("encrypt app --in plain")).code).toBe(2);
    const terminal = await kinko("encrypt app --in plain --out -", { terminal: true });
    expect(terminal.code).toBe(2);
    expect((await kinko("encrypt app --in none --out sealed")).code).toBe(3);
    const dry = await kinko("encrypt app --in none --out sealed --dry-run");
    expect(dry.stderr).toContain("Would encrypt none to sealed.");
  });

  test("of ciphertexts are rewrapped, and bad lines are told", async () => {
    await kinko("key create lines");
    const sealed: string[] = [];
    for (const text of ["a", "b", "c"]) {
      sealed.push((await kinko("encrypt lines", { stdin: text })).stdout);
    }
    await writeFile(at("in"), `${sealed[0]}${sealed[1]}broken\n${sealed[2]}`);
    await kinko("key rotate lines");
    const stopped = await kinko("rewrap lines --in in --out out");
    expect(stopped.code).toBe(20);
    expect(stopped.stderr).toContain("Line 3");
    const kept = await kinko("rewrap lines --in in --out out --keep-bad-lines");
    expect(kept.code).toBe(1);
    expect(kept.stderr).toContain("Line 3 stays as it was (malformed-ciphertext)");
    const rewrapped = (await readFile(at("out"), "utf8")).split("\n");
    expect(rewrapped.map((line) => line.slice(0, 9))).toEqual([
      "vault:v2:",
      "vault:v2:",
      "broken",
      "vault:v2:",
      "",
    ]);
  });
});

describe("keys", () => {
  test("are made, shown, changed, trimmed and destroyed, with questions before what is final", async () => {
    const made = await kinko("key create life --type aes256-gcm96 --auto-rotate 30d --json");
    expect(JSON.parse(made.stdout)).toMatchObject({
      name: "life",
      autoRotatePeriodSeconds: 2_592_000,
    });
    expect((await kinko("key create life")).code).toBe(8);
    expect((await kinko("key list")).stdout).toContain("life\n");
    expect((await kinko("key rotate life")).stderr).toContain("newest version of life is 2");
    expect((await kinko("key show life")).stdout).toMatch(/newest version\s+2\n/u);
    expect((await kinko("key config life")).code).toBe(20);
    await kinko("key config life --min-decryption-version 2 --min-encryption-version 2");
    expect((await kinko("key trim life 2")).code).toBe(29);
    expect((await kinko("key trim life 2 --dry-run")).stderr).toContain("Would destroy");
    expect((await kinko("key trim life 2 --yes")).code).toBe(0);
    expect((await kinko("key config life --exportable")).code).toBe(29);
    const refused = await kinko("key delete life --yes");
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain("--deletion-allowed yes");
    await kinko("key config life --deletion-allowed yes");
    expect((await kinko("key delete life")).code).toBe(29);
    expect((await kinko("key delete life --yes")).code).toBe(0);
    expect((await kinko("key show life")).code).toBe(3);
  });

  test("of an engine that is not there can have it mounted", async () => {
    const elsewhere = `${mount}-new`;
    onTestFinished(async () => void (await vault.request("DELETE", `sys/mounts/${elsewhere}`)));
    expect((await kinko(`key create a --mount ${elsewhere}`)).code).toBe(25);
    const made = await kinko(`key create a --mount ${elsewhere} --enable`);
    expect(made.stderr).toContain("Mounted the transit engine.");
    expect((await kinko(`key list --mount ${elsewhere}`)).stdout).toBe("a\n");
  });
});
