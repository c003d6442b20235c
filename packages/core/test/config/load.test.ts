import { chmod, chown, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createCanary, expectClean } from "@kinko/testing";
import { isSecretError, type SecretError } from "../../src/index.js";
import { loadConfig } from "../../src/config/index.js";
import { folder } from "../support/folder.js";
import { failureOf } from "../support/limited.js";

const canary = createCanary();
const env = {};

const expected = {
  provider: "vault",
  providers: { vault: { address: "http://127.0.0.1", retries: 3 }, local: {} },
  routes: [{ prefix: "shared", provider: "local" }],
  timeoutMs: 5_000,
};
const yaml = `provider: vault
providers:
  vault:
    address: http://127.0.0.1
    retries: 3
  local: {}
routes:
  - prefix: shared
    provider: local
timeoutMs: 5000
`;
const toml = `provider = "vault"
timeoutMs = 5000

[providers.vault]
address = "http://127.0.0.1"
retries = 3

[providers.local]

[[routes]]
prefix = "shared"
provider = "local"
`;
const json = JSON.stringify(expected, undefined, 2);

async function configFailure(
  files: Record<string, string>,
  name = Object.keys(files)[0] as string,
): Promise<SecretError> {
  const cwd = await folder(files);
  const error = await failureOf(loadConfig({ config: name, cwd, env }));
  expectClean(error, canary);
  if (!isSecretError(error, "Config")) throw error;
  return error;
}

describe("config files", () => {
  test.each([
    ["kinko.config.yaml", yaml],
    ["kinko.config.yml", yaml],
    ["kinko.config.json", json],
    ["kinko.config.toml", toml],
    ["kinko.config.js", `module.exports = ${json};`],
    ["kinko.config.cjs", `module.exports = ${json};`],
    ["kinko.config.mjs", `export default ${json};`],
    [
      "kinko.config.ts",
      `interface A { a: string }\nconst config = ${json} as const;\nexport default config;`,
    ],
    ["kinko.config.mts", `const config: object = ${json};\nexport default config;`],
  ])("are read as %s", async (name, content) => {
    const cwd = await folder({ [name]: content, "sub/deeper/x": "" });
    const loaded = await loadConfig({ cwd: join(cwd, "sub", "deeper"), env });
    expect(JSON.parse(JSON.stringify(loaded.config))).toEqual(expected);
    expect(loaded).toMatchObject({
      file: join(cwd, name),
      directory: cwd,
      provider: "vault",
      providerFrom: "config",
    });
  });

  test("need not exist: the embedded store is the default", async () => {
    const cwd = await folder();
    expect(await loadConfig({ cwd, env })).toMatchObject({
      config: {},
      file: undefined,
      directory: cwd,
      provider: "local",
      providerFrom: "default",
    });
  });

  test("may be empty", async () => {
    const cwd = await folder({ "kinko.config.yaml": "# nothing yet\n" });
    expect((await loadConfig({ cwd, env })).provider).toBe("local");
  });

  test("are found upward, the nearest first", async () => {
    const cwd = await folder({
      "kinko.config.yaml": "provider: outer",
      "a/kinko.config.json": '{"provider":"inner"}',
      "a/b/c/file": "",
    });
    expect((await loadConfig({ cwd: join(cwd, "a", "b", "c"), env })).provider).toBe("inner");
    expect((await loadConfig({ cwd, env })).provider).toBe("outer");
  });

  test("are not guessed between: two in one folder are refused", async () => {
    const cwd = await folder({ "kinko.config.yaml": "{}", "kinko.config.toml": "" });
    const error = await failureOf(loadConfig({ cwd, env }));
    expect(error).toMatchObject({ code: "Config", reason: "ambiguous-config" });
    expect(String(error)).toContain("kinko.config.toml, kinko.config.yaml");
  });

  test("are named by option, or by KINKO_CONFIG, or given as an object", async () => {
    const cwd = await folder({
      "kinko.config.yaml": "provider: found",
      "own.yaml": "provider: own",
      "env.json": '{"provider":"env"}',
    });
    const byEnv = { KINKO_CONFIG: "env.json" };
    expect((await loadConfig({ cwd, env: byEnv })).provider).toBe("env");
    expect((await loadConfig({ cwd, env: byEnv, config: "own.yaml" })).provider).toBe("own");
    expect((await loadConfig({ cwd, env: byEnv, config: { provider: "object" } })).provider).toBe(
      "object",
    );
    expect((await loadConfig({ cwd, env: { KINKO_CONFIG: "" } })).provider).toBe("found");
  });

  test("give way to KINKO_PROVIDER, unless it is empty", async () => {
    const config = { provider: "vault" };
    expect(await loadConfig({ config, env: { KINKO_PROVIDER: "local" } })).toMatchObject({
      provider: "local",
      providerFrom: "KINKO_PROVIDER",
    });
    expect((await loadConfig({ config, env: { KINKO_PROVIDER: "" } })).provider).toBe("vault");
  });

  test.each([
    ["is missing", "absent.yaml", "config-not-found"],
    ["is a folder", "directory.yaml", "unreadable-config"],
    ["has an unknown ending", "kinko.ini", "unknown-format"],
  ])("that %s are refused", async (_what, name, reason) => {
    const cwd = await folder({ "kinko.ini": "provider=local" });
    await mkdir(join(cwd, "directory.yaml"));
    expect(await failureOf(loadConfig({ cwd, config: name, env }))).toMatchObject({
      code: "Config",
      reason,
      operation: "open",
    });
  });
});

describe("a config file that somebody else controls", () => {
  /** Makes a file or folder belong to another user, as seen from this process. */
  async function giveAway(path: string): Promise<void> {
    const uid = process.getuid?.() ?? 0;
    if (uid === 0) {
      await chown(path, 12_345, 12_345);
      return;
    }
    // Only root can give files away; anybody can take another name.
    const spy = vi.spyOn(process, "getuid").mockReturnValue(uid + 1);
    onTestFinished(() => spy.mockRestore());
  }

  test.each([
    ["the file belongs to another user", "kinko.config.yaml"],
    ["its folder belongs to another user", "."],
  ])("is refused when %s, unless it is named", async (_what, path) => {
    const cwd = await folder({ "kinko.config.yaml": "provider: vault", "sub/x": "" });
    await giveAway(join(cwd, path));
    const error = await failureOf(loadConfig({ cwd: join(cwd, "sub"), env }));
    expect(error).toMatchObject({ code: "Config", reason: "untrusted-config" });
    expect(String(error)).toContain(join(cwd, "kinko.config.yaml"));
    const named = await loadConfig({ cwd, config: join(cwd, "kinko.config.yaml"), env });
    expect(named.provider).toBe("vault");
  });

  test("is refused when it is a link to such a file", async () => {
    const target = await folder({ "evil.yaml": "provider: evil" });
    const cwd = await folder();
    await symlink(join(target, "evil.yaml"), join(cwd, "kinko.config.yaml"));
    await giveAway(join(target, "evil.yaml"));
    expect(await failureOf(loadConfig({ cwd, env }))).toMatchObject({ reason: "untrusted-config" });
  });

  test("is refused when everybody can write it", async () => {
    const cwd = await folder({ "kinko.config.js": "throw new Error('it ran');" });
    await chmod(join(cwd, "kinko.config.js"), 0o646);
    expect(await failureOf(loadConfig({ cwd, env }))).toMatchObject({
      code: "Config",
      reason: "untrusted-config",
    });
  });
});

describe("a config that cannot be parsed", () => {
  test.each([
    [
      "a.yaml",
      `provider: vault\nproviders:\n  vault:\n    token: "${canary.value}\n`,
      "a.yaml:",
      /a\.yaml:[45]:\d+/u,
    ],
    ["b.yaml", `provider: [${canary.value}\n`, "b.yaml:", /b\.yaml:[12]:\d+/u],
    ["c.yaml", `provider: a\nprovider: ${canary.value}\n`, "c.yaml:2:", /:2:1 /u],
    ["d.yaml", `token: ${canary.value}\n\tx: 1\n`, "d.yaml:", /d\.yaml:2:\d+/u],
    ["e.yaml", `a: &a ["${canary.value}"]\nb: *nope\n`, "e.yaml:", /cannot be parsed/u],
    [
      "f.json",
      `{\n  "provider": "vault",\n  "token": ${canary.value}\n}`,
      "f.json:",
      /f\.json:3:\d+/u,
    ],
    ["g.json", `{\n  "provider": "vault", // ${canary.value}\n}`, "g.json:", /g\.json:\d+:\d+/u],
    ["h.json", `{"provider": "vault", "token": "${canary.value}",}`, "h.json:", /h\.json:1:\d{2}/u],
    ["i.toml", `provider = "vault"\ntoken = ${canary.value}\n`, "i.toml:2:", /:2:\d+/u],
    ["j.toml", `provider = "vault\n# ${canary.value}`, "j.toml:1:", /:1:\d+/u],
  ])(
    "is refused with its position, and not quoted: %s",
    async (name, content, prefix, position) => {
      const error = await configFailure({ [name]: content });
      expect(error.reason).toBe("malformed-config");
      expect(error.message).toContain(prefix);
      expect(error.message).toMatch(position);
    },
  );

  test("cannot grow without end", async () => {
    const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [name, before] of [
      ["b", "a"],
      ["c", "b"],
      ["d", "c"],
      ["e", "d"],
      ["f", "e"],
      ["g", "f"],
    ] as const) {
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]`);
    }
    const error = await configFailure({ "bomb.yaml": lines.join("\n") });
    expect(error.reason).toBe("malformed-config");
  });

  test.each([
    ["a.mjs", `throw new Error("${canary.value}");`],
    ["b.cjs", `throw Object.assign(new Error("x"), { name: "${canary.value}" });`],
    ["c.ts", `const a: = "${canary.value}";`],
    ["d.mjs", `import "./missing-${canary.value}.js";`],
  ])("is refused without its own words when it throws: %s", async (name, content) => {
    expect((await configFailure({ [name]: content })).reason).toBe("config-threw");
  });
});

describe("a config that does not fit", () => {
  test.each([
    [
      "provder: vault",
      "unknown-option",
      ':1:1: unknown option "provder". Did you mean "provider"?',
    ],
    [
      "provider: vault\ntimeoutms: 5",
      "unknown-option",
      ':2:1: unknown option "timeoutms". Did you mean "timeoutMs"?',
    ],
    [
      "routes:\n  - prefx: a\n    provider: b",
      "unknown-option",
      ':2:5: unknown option "routes.0.prefx". Did you mean "prefix"?',
    ],
    ["zzz: 1", "unknown-option", ':1:1: unknown option "zzz".'],
    [
      "vault:\n  mount: kv",
      "unknown-option",
      ':1:1: unknown option "vault". Options of a provider belong under providers.vault.',
    ],
    ["timeoutMs: soon", "invalid-option", ':1:1: "timeoutMs" must be number.'],
    ["timeoutMs: 0.5", "invalid-option", "must be a whole number of milliseconds"],
    ["timeoutMs: 0", "invalid-option", "must be at least 1 ms"],
    ["timeoutMs: 2147483648", "invalid-option", "must be below 2^31 ms"],
    ["provider: ''", "invalid-option", '"provider" must not be empty.'],
    ["provider: 5", "invalid-option", '"provider" must be string.'],
    ["routes:\n  - prefix: a", "invalid-option", '"routes.0.provider" is missing.'],
    [
      "providers:\n  vault: 5",
      "invalid-option",
      '"providers.vault" must be a map of keys and values.',
    ],
    ["- a\n- b", "invalid-option", "is a list"],
    ["just text", "invalid-option", "the top level"],
  ])("is refused with line, column and a suggestion: %j", async (content, reason, words) => {
    const error = await configFailure({ "a.yaml": content });
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(words);
  });

  test.each([
    ["a.json", '{\n  "provider": "vault",\n  "timeoutMS": 5\n}', "a.json:3:3:"],
    ["a.toml", 'provider = "vault"\n\ntimeoutMS = 5\n', "a.toml:3:1:"],
    ["a.mjs", "export default { timeoutMS: 5 };", "a.mjs:"],
  ])("is refused with its position in %s", async (name, content, where) => {
    const error = await configFailure({ [name]: content });
    expect(error.message).toContain(
      `${where} unknown option "timeoutMS". Did you mean "timeoutMs"?`,
    );
  });

  test("reports every problem at once", async () => {
    const error = await configFailure({
      "a.yaml": `provder: vault\ntimeoutMs: ${canary.value}\nroutes: {}\n`,
    });
    expect(error.message).toContain('"provder"');
    expect(error.message).toContain('"timeoutMs" must be number');
    expect(error.message).toContain('"routes" must be Array');
  });

  test("names no place for a config object", async () => {
    const error = await failureOf(loadConfig({ config: { providr: "x" } as object, env }));
    expect(String(error)).toContain(
      'the config: unknown option "providr". Did you mean "provider"?',
    );
  });

  test("has one route for each prefix", async () => {
    const routes = [
      { prefix: "a/", provider: "x" },
      { prefix: "a", provider: "y" },
    ];
    expect(await failureOf(loadConfig({ config: { routes }, env }))).toMatchObject({
      code: "Config",
      reason: "bad-route",
    });
  });
});
