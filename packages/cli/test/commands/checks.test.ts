import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineProvider, native, type SecretProvider } from "@kinko/core";
import { createMemoryProvider, memoryOptions, MemoryFault } from "@kinko/testing/memory";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkNode } from "../../src/doctor/check-config.js";
import type { Finding } from "../../src/doctor/finding.js";
import { runCli, type CliResult } from "../support/cli.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kinko-doctor-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function run(
  argv: readonly string[],
  provider?: SecretProvider,
  env: Record<string, string> = {},
): Promise<CliResult> {
  if (provider === undefined) return runCli(argv, { directory, env });
  const factory = defineProvider({ name: "local", options: memoryOptions, create: () => provider });
  return runCli(argv, {
    directory,
    env,
    clock: new FakeClock(),
    importProvider: () => Promise.resolve({ factory }),
  });
}

function memory(changes: Partial<SecretProvider>): SecretProvider {
  const provider = createMemoryProvider();
  return {
    capabilities: provider.capabilities,
    get: (ref, options) => provider.get(ref, options),
    put: (ref, value, options) => provider.put(ref, value, options),
    delete: (ref, options) => provider.delete(ref, options),
    list: (options) => provider.list(options),
    health: (options) => provider.health(options),
    classifyError: (error) => provider.classifyError(error),
    close: () => Promise.resolve(),
    ...changes,
  };
}

async function findings(...args: Parameters<typeof run>): Promise<Finding[]> {
  const { stdout } = await run(...args);
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
}

function problems(found: readonly Finding[]): (string | undefined)[] {
  return found.filter(({ status }) => status === "problem").map(({ reason }) => reason);
}

describe("doctor", () => {
  test("tells what a provider warns of when it is opened", async () => {
    const factory = defineProvider({
      name: "local",
      options: memoryOptions,
      create: (_options, { logger }) => {
        logger.warn("The address is not encrypted.");
        return memory({});
      },
    });
    const result = await runCli(["doctor", "--json"], {
      directory,
      clock: new FakeClock(),
      importProvider: () => Promise.resolve({ factory }),
    });
    expect(result.code).toBe(0);
    const { findings: found } = JSON.parse(result.stdout) as { findings: Finding[] };
    expect(found).toContainEqual(
      expect.objectContaining({ status: "warning", message: "The address is not encrypted." }),
    );
  });

  test("finds nothing wrong with a store as init makes it", async () => {
    await run(["init"]);
    const result = await run(["doctor"]);
    expect(result.code).toBe(0);
    expect(result.stdout).not.toContain("problem");
    expect(result.stdout).toContain("local: identity file");
    expect(result.stdout).toContain("local: access");
  });

  test("finds a store that was not initialised, and says the fix", async () => {
    const result = await run(["doctor"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("kinko init");
  });

  test("finds an identity that others can read", async () => {
    await run(["init"]);
    await chmod(join(directory, ".config/kinko/identity.txt"), 0o644);
    const result = await run(["doctor", "--plain"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/^local: identity file\tproblem\t.*chmod/mu);
  });

  test.each([
    ["provider: [\n", "malformed-config"],
    ["provider: nowhere-to-be-found\n", "missing-package"],
    ["providers: {local: {colour: red}}\n", "unknown-option"],
    ["providers: {local: {file: '${env:ABSENT_VARIABLE}'}}\n", "missing-variable"],
  ])("finds what is wrong with %j", async (text, reason) => {
    await writeFile(join(directory, "kinko.config.yaml"), text);
    expect(problems(await findings(["doctor", "--json"]))).toContain(reason);
  });

  test("finds a credential in a config that others can read, without repeating it", async () => {
    const canary = createCanary();
    const file = join(directory, "kinko.config.yaml");
    await writeFile(file, `providers: {other: {token: ${canary.value}}}\n`);
    const provider = memory({});
    const open = await run(["doctor", "--json"], provider);
    expectClean(open.stdout + open.stderr, canary);
    expect(open.code).toBe(1);
    expect(open.stdout).toContain("literal-credential");
    await chmod(file, 0o600);
    expect((await run(["doctor"], provider)).code).toBe(0);
  });

  test("options that are no credentials are fine in a config that others can read", async () => {
    await run(["init", "-o", "maxVersions=3", "--config", "kinko.config.yaml"]);
    const file = join(directory, "kinko.config.yaml");
    await writeFile(
      file,
      "providers: {other: {roleId: me, recipients: [age1xyz], tokenFile: t}}\n",
    );
    expect((await run(["doctor"])).stdout).not.toContain("credential in it");
  });

  test("finds a clock that differs from the store's", async () => {
    const skewed = (clockSkewSeconds: number): SecretProvider =>
      memory({
        health: () =>
          Promise.resolve({ status: "healthy", message: "Up.", details: { clockSkewSeconds } }),
      });
    const off = await findings(["doctor", "--json"], skewed(300));
    expect(problems(off)).toEqual(["clock-skew"]);
    expect(off.find(({ reason }) => reason === "clock-skew")?.message).toContain("300 s behind");
    expect(problems(await findings(["doctor", "--json"], skewed(-61)))).toEqual(["clock-skew"]);
    expect(problems(await findings(["doctor", "--json"], skewed(-60)))).toEqual([]);
  });

  test("tells credentials that are refused from those that may not list", async () => {
    const failing = (code: "Unauthenticated" | "PermissionDenied"): SecretProvider =>
      memory({
        // eslint-disable-next-line require-yield
        async *list() {
          await Promise.resolve();
          throw new MemoryFault(code);
        },
      });
    expect(problems(await findings(["doctor", "--json"], failing("Unauthenticated")))).toHaveLength(
      1,
    );
    const narrow = await findings(["doctor", "--json"], failing("PermissionDenied"));
    expect(problems(narrow)).toEqual([]);
    expect(narrow.some(({ reason }) => reason === "may-not-list")).toBe(true);
  });

  test("an old Node is a problem", () => {
    expect(checkNode("v20.18.3").status).toBe("problem");
    expect(checkNode("v20.19.0").status).toBe("ok");
    expect(checkNode("v24.0.0").status).toBe("ok");
  });
});

test("--timeout ends a call to a store that does not answer", async () => {
  const hanging = memory({ get: () => new Promise<never>(() => undefined) });
  const factory = defineProvider({ name: "local", options: memoryOptions, create: () => hanging });
  const failed = await runCli(["get", "a", "--timeout", "1"], {
    directory,
    importProvider: () => Promise.resolve({ factory }),
  });
  expect(failed.code).toBe(17);
  expect(failed.stderr).toContain("--timeout");
});

describe("health", () => {
  const reporting = (
    status: "healthy" | "degraded" | "unhealthy",
    code?: "Sealed",
  ): SecretProvider =>
    memory({
      capabilities: { ...createMemoryProvider().capabilities, extensions: {} },
      health: () => Promise.resolve({ status, code, message: "Told.", details: { nodes: 3 } }),
    });

  test.each([
    ["healthy", undefined, 0],
    ["degraded", undefined, 30],
    ["unhealthy", undefined, 31],
    ["unhealthy", "Sealed", 14],
  ] as const)("%s (%s) exits %i", async (status, code, exit) => {
    const result = await run(["health", "--json"], reporting(status, code));
    expect(result.code).toBe(exit);
    expect(JSON.parse(result.stdout)).toEqual({
      status,
      store: "local",
      code: code ?? null,
      message: "Told.",
      details: { nodes: 3 },
    });
  });

  test("--quiet leaves only the exit code", async () => {
    expect(await run(["health", "--quiet"], reporting("healthy"))).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("a store that cannot be asked is unhealthy with the code of the failure", async () => {
    const down = memory({ health: () => Promise.reject(new MemoryFault("Unavailable")) });
    expect((await run(["health"], down)).code).toBe(13);
    expect(native.support).toBe("native");
  });
});
