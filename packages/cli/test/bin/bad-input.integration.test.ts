import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCanary, expectClean, type Canary } from "@kinko/testing";
import { createKvMount, realVault, startOwnVault } from "@kinko/servers/vitest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBinHarness, type BinHarness, type BinOptions } from "../support/bin.js";

let cli: BinHarness;
let canary: Canary;

beforeEach(async () => {
  cli = await createBinHarness();
  canary = createCanary();
});

afterEach(() => cli.remove());

/** Runs what must fail: with this exit code and reason, data nowhere, and no secret anywhere. */
async function fails(
  argv: readonly string[],
  exitCode: number,
  reason: string | undefined,
  options: BinOptions = {},
): Promise<void> {
  const people = await cli.kinko(argv, options);
  expect(people, people.stderr).toMatchObject({ code: exitCode, stdout: "" });
  expect(people.stderr).toMatch(/^error: .+\nnext: .+\ncode: \w+/u);
  const program = await cli.kinko([...argv, "--json"], options);
  expect(program).toMatchObject({ code: exitCode, stdout: "" });
  const { error } = JSON.parse(program.stderr) as { error: Record<string, unknown> };
  expect(error).toMatchObject(reason === undefined ? { exitCode } : { exitCode, reason });
  expect(error["message"]).toMatch(/[.!?]$/u);
  expect(error["advice"]).toMatch(/\S/u);
  const verbose = await cli.kinko([...argv, "--verbose"], options);
  for (const { stdout, stderr } of [people, program, verbose]) expectClean(stdout + stderr, canary);
}

async function config(text: string): Promise<void> {
  await writeFile(join(cli.directory, "kinko.config.yaml"), text);
}

describe("a config that is wrong", () => {
  test.each([
    ["an unknown provider", "provider: lcoal\n", "unknown-provider"],
    ["a missing package", "provider: not-installed-anywhere\n", "missing-package"],
    ["a path as provider", "provider: ./local.js\n", "invalid-provider-name"],
    ["malformed YAML", "provider: [CANARY\n", "malformed-config"],
    ["an unknown key", "provdier: CANARY\n", "unknown-option"],
    ["an unknown option", "providers: {local: {tokne: CANARY}}\n", "unknown-option"],
    ["a wrong option", "providers: {local: {maxVersions: CANARY}}\n", "invalid-option"],
    [
      "a variable that is not set",
      "providers: {local: {file: '${env:ABSENT_ONE}'}}\n",
      "missing-variable",
    ],
  ])("%s", async (_what, text, reason) => {
    await cli.kinko(["init"]);
    await config(text.replace("CANARY", canary.value));
    await fails(["get", "a"], 25, reason);
    await fails(["set", "a"], 25, reason, { input: canary.value });
  });
});

describe("an embedded store that is wrong", () => {
  const store = (): string => join(cli.directory, ".kinko/store.age");
  const identity = (): string => join(cli.directory, "home/.config/kinko/identity.txt");

  beforeEach(async () => {
    await cli.kinko(["init"]);
    await cli.kinko(["set", "a"], { input: canary.value });
  });

  /** Reading and writing both fail, and the file stays as it was. */
  async function bothFail(exitCode: number, reason: string, options?: BinOptions): Promise<void> {
    const before = await readFile(store());
    await fails(["get", "a", "--reveal"], exitCode, reason, options);
    await fails(["set", "a"], exitCode, reason, { ...options, input: canary.value });
    expect(await readFile(store())).toEqual(before);
  }

  test("an identity that others can read", async () => {
    await chmod(identity(), 0o644);
    await bothFail(25, "insecure-identity");
  });

  test("an identity that is not there", async () => {
    await rm(identity());
    await bothFail(10, "identity-missing");
  });

  test("an identity file without an identity", async () => {
    await writeFile(identity(), canary.value, { mode: 0o600 });
    await bothFail(25, "invalid-identity");
  });

  test("the wrong key", async () => {
    const other = await createBinHarness();
    await other.kinko(["init"]);
    const key = await readFile(join(other.directory, "home/.config/kinko/identity.txt"));
    await other.remove();
    await writeFile(identity(), key, { mode: 0o600 });
    await bothFail(10, "wrong-key");
  });

  test("a store file that is damaged", async () => {
    const bytes = await readFile(store());
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    await writeFile(store(), bytes);
    await bothFail(26, "corrupt-store");
  });

  test("a file that is no store", async () => {
    await writeFile(store(), `not a store, but ${canary.value}`);
    await bothFail(25, "foreign-store-file");
  });

  test("a store that others can write", async () => {
    await chmod(store(), 0o666);
    await bothFail(25, "insecure-store");
  });

  test("a store that somebody else has locked", async () => {
    const before = await readFile(store());
    await writeFile(`${store()}.lock`, "a lock of nobody known", { mode: 0o600 });
    const options = { env: { KINKO_LOCAL_LOCK_TIMEOUT_MS: "50" } };
    await fails(["set", "a"], 13, "store-locked", { ...options, input: canary.value });
    expect(await readFile(store())).toEqual(before);
    expect((await cli.kinko(["get", "a", "--reveal"], options)).stdout).toBe(canary.value);
  });

  test("no store at all", async () => {
    await rm(store());
    await fails(["get", "a"], 15, "store-missing");
    await fails(["set", "a"], 15, "store-missing", { input: canary.value });
  });

  test("names that are invalid or escape", async () => {
    const before = await readFile(store());
    for (const name of [
      "../a",
      "a/../b",
      "a//b",
      "/a",
      "a/",
      ".",
      "a%2f..%2fb",
      "%2e%2e/a",
      "a\tb",
      " a",
    ]) {
      await fails(["set", name], 19, "invalid-path", { input: canary.value });
    }
    await fails(["set", ""], 19, "invalid-path", { input: canary.value });
    await fails(["set", "n".repeat(2_000)], 19, "path-too-long", { input: canary.value });
    expect(await readFile(store())).toEqual(before);
  });

  test("a value that is too large", async () => {
    const before = await readFile(store());
    const input = `${canary.value}${"x".repeat(2 * 1024 * 1024)}`;
    await fails(["set", "a"], 21, undefined, { input });
    expect(await readFile(store())).toEqual(before);
  });

  test("another version than expected, one that is gone, and one that never was", async () => {
    await cli.kinko(["set", "a"], { input: canary.value });
    await fails(["set", "a", "--if-version", "1"], 9, undefined, { input: canary.value });
    await fails(["set", "a", "--if-absent"], 8, undefined, { input: canary.value });
    await fails(["get", "a@7"], 4, undefined);
    await cli.kinko(["rm", "a@1", "--purge", "--yes"]);
    await fails(["get", "a@1"], 6, undefined);
    await cli.kinko(["rm", "a", "--yes"]);
    await fails(["get", "a"], 5, undefined);
  });
});

describe("a Vault that is wrong", () => {
  const vault = realVault();
  const kv2 = createKvMount({ version: 2 });
  const kv1 = createKvMount({ version: 1 });

  async function use(options: string, token = vault.token): Promise<BinOptions> {
    await cli.install("provider-vault");
    await config(`provider: vault\nproviders:\n  vault: {${options}}\n`);
    return { env: { VAULT_TOKEN: token } };
  }

  test("works when nothing is", async () => {
    const options = await use(`address: "${vault.address}", mount: ${kv2}`);
    expect(await cli.kinko(["set", "ok"], { ...options, input: canary.value })).toMatchObject({
      code: 0,
    });
    const read = await cli.kinko(["get", "ok", "--reveal"], options);
    expect(read).toMatchObject({ code: 0, stdout: canary.value });
  });

  test("the wrong token", async () => {
    const options = await use(`address: "${vault.address}", mount: ${kv2}`, canary.value);
    const { code, stderr } = await cli.kinko(["get", "a"], options);
    // Vault answers a bad token as it answers one that is not allowed.
    expect([10, 11]).toContain(code);
    expectClean(stderr, canary);
  });

  test("nothing listens at the address", async () => {
    const options = await use(`address: "http://127.0.0.1:9", mount: ${kv2}`, canary.value);
    const { code, stderr } = await cli.kinko(["get", "a"], options);
    expect(code).toBe(13);
    expectClean(stderr, canary);
    const health = await cli.kinko(["health"], options);
    expect(health.code).toBe(13);
    expectClean(health.stdout + health.stderr, canary);
  });

  test("a mount that is not there, and the wrong version of the engine", async () => {
    const results: number[] = [];
    for (const entry of [`mount: no-such-mount`, `mount: ${kv1}`, `mount: ${kv2}, kvVersion: 1`]) {
      const options = await use(`address: "${vault.address}", ${entry}`);
      for (const argv of [
        ["get", "a"],
        ["set", "a"],
      ]) {
        const { code, stderr, stdout } = await cli.kinko(argv, { ...options, input: canary.value });
        expectClean(stdout + stderr, canary);
        expect(code, `${entry}: ${stderr}`).toBe(25);
        results.push(code ?? -1);
      }
    }
    expect(results).toHaveLength(6);
  });

  test("a version that changed, was deleted or destroyed", async () => {
    const options = await use(`address: "${vault.address}", mount: ${kv2}`);
    await cli.kinko(["set", "c"], { ...options, input: canary.value });
    await cli.kinko(["set", "c"], { ...options, input: canary.value });
    await fails(["set", "c", "--if-version", "1"], 9, undefined, {
      ...options,
      input: canary.value,
    });
    await cli.kinko(["rm", "c@1", "--purge", "--yes"], options);
    await fails(["get", "c@1"], 6, undefined, options);
    await cli.kinko(["rm", "c", "--yes"], options);
    await fails(["get", "c"], 5, undefined, options);
  });

  test("a sealed one", { timeout: 120_000 }, async () => {
    const own = await startOwnVault();
    await own.seal();
    const options = await use(`address: "${own.address}"`, canary.value);
    const { code, stderr } = await cli.kinko(["get", "a"], options);
    expect(code, stderr).toBe(14);
    expectClean(stderr, canary);
    expect((await cli.kinko(["health"], options)).code).toBe(14);
    const doctor = await cli.kinko(["doctor"], options);
    expect(doctor).toMatchObject({ code: 1 });
    expect(doctor.stdout).toMatch(/^problem {2}vault: health: .*seal/imu);
    expectClean(doctor.stdout + doctor.stderr, canary);
  });
});
