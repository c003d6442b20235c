import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineProvider, type IdentityInfo, type SecretProvider } from "@kinko/core";
import { createMemoryProvider, memoryOptions } from "@kinko/testing/memory";
import { FakeClock } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCli, type CliResult } from "../support/cli.js";

const known: IdentityInfo = {
  principal: "approle-app",
  source: "auth/approle/login",
  policies: ["app", "base"],
  ttlSeconds: 600,
  renewable: true,
  details: { type: "service", accessor: "a1" },
  warnings: [{ reason: "default-policy", message: "It is slow.", advice: "Leave it out." }],
};

async function run(argv: readonly string[], identity?: IdentityInfo): Promise<CliResult> {
  const directory = await mkdtemp(join(tmpdir(), "kinko-auth-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const memory = createMemoryProvider();
  const { capabilities } = memory;
  const extensions =
    identity === undefined
      ? capabilities.extensions
      : { ...capabilities.extensions, identity: { check: () => Promise.resolve(identity) } };
  const provider: SecretProvider = {
    capabilities: { ...capabilities, extensions },
    get: (ref, options) => memory.get(ref, options),
    put: (ref, value, options) => memory.put(ref, value, options),
    delete: (ref, options) => memory.delete(ref, options),
    list: (options) => memory.list(options),
    health: (options) => memory.health(options),
    classifyError: (error) => memory.classifyError(error),
    close: () => memory.close(),
  };
  const factory = defineProvider({ name: "local", options: memoryOptions, create: () => provider });
  return runCli(argv, {
    directory,
    env: {},
    clock: new FakeClock(),
    importProvider: () => Promise.resolve({ factory }),
  });
}

describe("auth check", () => {
  test("says whose the credentials are, and what is unwise about them", async () => {
    const { code, stdout, stderr } = await run(["auth", "check"], known);
    expect(code).toBe(0);
    expect(stdout).toMatch(/principal\s+approle-app\n/u);
    expect(stdout).toMatch(/policies\s+app, base\n/u);
    expect(stdout).toMatch(/ends\s+in 600 s\n/u);
    expect(stdout).toMatch(/accessor\s+a1\n/u);
    expect(stderr).toBe("warning: It is slow. Leave it out.\n");
  });

  test("gives scripts the same as JSON", async () => {
    const { stdout } = await run(["auth", "check", "--json"], known);
    expect(JSON.parse(stdout)).toEqual({ store: "local", ...known });
  });

  test("tells what it cannot know from what is not so", async () => {
    const { stdout } = await run(["auth", "check", "--json"], {
      principal: undefined,
      source: undefined,
      policies: undefined,
      ttlSeconds: undefined,
      renewable: false,
      details: {},
      warnings: [],
    });
    expect(JSON.parse(stdout)).toMatchObject({ principal: null, policies: null, ttlSeconds: null });
  });

  test("is Unsupported on a store without credentials of that kind", async () => {
    const { code, stderr } = await run(["auth", "check"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("code: Unsupported");
  });

  test("its warnings are doctor's as well", async () => {
    const { stdout } = await run(["doctor", "--json"], known);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ status: "warning", reason: "default-policy" }),
      ]) as unknown,
    });
  });
});
