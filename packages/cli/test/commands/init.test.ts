import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineProvider, type SetupContext } from "@kinko/core";
import { createMemoryProvider, memoryOptions } from "@kinko/testing/memory";
import { runCli, type CliResult, type CliRunOptions } from "../support/cli.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kinko-init-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function run(argv: readonly string[], options: CliRunOptions = {}): Promise<CliResult> {
  return runCli(argv, { ...options, directory });
}

function exists(name: string): Promise<boolean> {
  return stat(join(directory, name)).then(
    () => true,
    () => false,
  );
}

describe("init of the embedded store", () => {
  test("makes a store that can be used at once, with private files", async () => {
    const made = await run(["init"]);
    expect(made).toMatchObject({ code: 0, stdout: "" });
    expect(made.stderr).toContain("Public key: age1");
    for (const file of [".kinko/store.age", ".config/kinko/identity.txt"]) {
      expect((await stat(join(directory, file))).mode & 0o777, file).toBe(0o600);
    }
    expect((await run(["set", "a"], { stdin: "x" })).code).toBe(0);
    expect((await run(["get", "a", "--reveal"])).stdout).toBe("x");
  });

  test("--json tells what was made", async () => {
    const made = JSON.parse((await run(["init", "--json"])).stdout) as { created: string[] };
    expect(made).toMatchObject({ provider: "local", dryRun: false });
    expect(made.created).toContain(join(directory, "kinko.config.yaml"));
    expect(made.created).toContain(join(directory, ".kinko/store.age"));
  });

  test("overwrites neither a config nor a store", async () => {
    await run(["init"]);
    const store = await readFile(join(directory, ".kinko/store.age"));
    const again = await run(["init"]);
    expect(again.code).toBe(8);
    await rm(join(directory, "kinko.config.yaml"));
    const beside = await run(["init"]);
    expect(beside.code).toBe(8);
    expect(beside.stderr).toContain("store-exists");
    expect(await exists("kinko.config.yaml")).toBe(false);
    expect(await readFile(join(directory, ".kinko/store.age"))).toEqual(store);
  });

  test("a config of any format is kept, and the store that it describes is made", async () => {
    const config = 'provider = "mine"\n[providers.mine]\nuse = "local"\nfile = "own.age"\n';
    await writeFile(join(directory, "kinko.config.toml"), config);
    expect((await run(["init", "--dry-run"])).stderr).toContain("own.age");
    expect(await exists("own.age")).toBe(false);
    const made = await run(["init"]);
    expect(made.code).toBe(0);
    expect(made.stderr).toContain("Kept kinko.config.toml (provider: mine)");
    expect(await exists("own.age")).toBe(true);
    expect(await exists("kinko.config.yaml")).toBe(false);
    expect(await readFile(join(directory, "kinko.config.toml"), "utf8")).toBe(config);
    expect((await run(["set", "a"], { stdin: "x" })).code).toBe(0);
    expect((await run(["init"])).stderr).toContain("store-exists");
    expect((await run(["get", "a", "--reveal"])).stdout).toBe("x");
  });

  test.each([
    ["--provider", "local"],
    ["-o", "file=other.age"],
  ])("beside a config, %s would be another one and is refused", async (...argv) => {
    await writeFile(join(directory, "kinko.config.yaml"), "provider: local\n");
    const refused = await run(["init", ...argv]);
    expect(refused.code).toBe(8);
    expect(refused.stderr).toContain("config-exists");
    expect(await exists(".kinko")).toBe(false);
  });

  test("--dry-run makes nothing", async () => {
    const dry = await run(["init", "--dry-run"]);
    expect(dry.code).toBe(0);
    expect(dry.stderr).toContain(`Would make ${join(directory, ".kinko/store.age")}`);
    expect(await exists(".kinko")).toBe(false);
    expect(await exists("kinko.config.yaml")).toBe(false);
  });

  test("options go into the config, with their types", async () => {
    const made = await run(["init", "-o", "file=my.age", "-o", "maxVersions=3"]);
    expect(made.code).toBe(0);
    expect(await exists("my.age")).toBe(true);
    const text = await readFile(join(directory, "kinko.config.yaml"), "utf8");
    expect(text).toContain("    maxVersions: 3\n");
    expect(text).toContain('    file: "my.age"\n');
    expect((await run(["set", "a"], { stdin: "x" })).code).toBe(0);
  });

  test("a JSON config is written where --config asks for one", async () => {
    expect((await run(["init", "--config", "k.json"])).code).toBe(0);
    expect(JSON.parse(await readFile(join(directory, "k.json"), "utf8"))).toEqual({
      provider: "local",
    });
    expect((await run(["list", "--config", "k.json"])).code).toBe(0);
  });

  test.each([
    [["init", "-o", "colour=red"], 25],
    [["init", "-o", "nothing"], 2],
    [["init", "-o", "passphrase=hunter22"], 2],
    [["init", "-o", "token=hunter22"], 2],
    [["init", "-o", 'auth={"method":"token","token":"hunter22"}'], 2],
    [["init", "--option-file", "colour=-"], 2],
    [["init", "--option-file", "passphrase=absent"], 28],
    [["init", "--config", "k.toml"], 2],
    [["init", "--provider", "vualt"], 25],
    [["init", "--provider", "../x"], 25],
  ])("%j makes nothing", async (argv, code) => {
    const failed = await run(argv, { stdin: "x" });
    expect(failed).toMatchObject({ code, stdout: "" });
    expect(failed.stderr).not.toContain("hunter22");
    expect(await exists("kinko.config.yaml")).toBe(false);
    expect(await exists(".kinko")).toBe(false);
  });
});

describe("init of any provider", () => {
  const told: SetupContext[] = [];
  const factory = defineProvider({
    name: "acme",
    options: memoryOptions,
    create: () => createMemoryProvider(),
    setup: {
      summary: "An account.",
      parameters: [
        { name: "account", description: "Account" },
        { name: "pin", description: "PIN", secret: true },
      ],
      run: (context) => {
        told.push(context);
        return Promise.resolve({ options: { maxVersions: 2 }, created: [], notes: ["Mind it."] });
      },
    },
  });
  const withAcme = (argv: readonly string[], options: CliRunOptions = {}): Promise<CliResult> =>
    runCli(argv, {
      ...options,
      directory,
      importProvider: (name) =>
        name === "@kinko/provider-acme" ? Promise.resolve({ factory }) : undefined,
    });

  test("its setup is told answers from arguments, files and the environment", async () => {
    told.length = 0;
    const made = await withAcme(
      ["init", "--provider", "acme", "-o", "account=me", "--option-file", "pin=-"],
      { stdin: "1234\n", env: { KINKO_ACME_ACCOUNT: "not-me" } },
    );
    expect(made).toMatchObject({ code: 0 });
    expect(made.stderr).toContain("Mind it.");
    expect(told.map(({ answers, dryRun }) => ({ answers, dryRun }))).toEqual([
      { answers: { account: "me", pin: "1234" }, dryRun: true },
      { answers: { account: "me", pin: "1234" }, dryRun: false },
    ]);
    expect(await readFile(join(directory, "kinko.config.yaml"), "utf8")).not.toContain("1234");
    expect(await readFile(join(directory, "kinko.config.yaml"), "utf8")).toContain(
      "provider: acme",
    );
  });

  test("a secret may come from the environment", async () => {
    told.length = 0;
    await withAcme(["init", "--provider", "acme"], { env: { KINKO_ACME_PIN: "9876" } });
    expect(told.at(-1)?.answers).toEqual({ pin: "9876" });
  });
});
