import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { createCanary, expectClean } from "@kinko/testing";
import { createMemoryProvider } from "@kinko/testing/memory";
import { ConfigError, defineProvider, isSecretError, openStore } from "../../src/index.js";
import type { KinkoConfig, ProviderFactory, SecretError } from "../../src/index.js";
import { fakeProviderSource, folder, installed } from "../support/folder.js";
import { failureOf } from "../support/limited.js";

const canary = createCanary();

const options = v.strictObject({
  address: v.optional(v.pipe(v.string(), v.url())),
  token: v.optional(v.string()),
  retries: v.optional(v.number()),
  verbose: v.optional(v.boolean()),
  mode: v.optional(v.picklist(["fast", "safe"])),
  tags: v.optional(v.array(v.string())),
  auth: v.optional(
    v.strictObject({ roleId: v.optional(v.string()), wrapped: v.optional(v.boolean()) }),
  ),
});

/** Opens the store `fake` of a config and returns the options that its provider got. */
async function optionsOf(
  config: KinkoConfig | string,
  env: Record<string, string> = {},
  cwd?: string,
): Promise<unknown> {
  const seen: unknown[] = [];
  const provider = defineProvider({
    name: "fake",
    options,
    create: (given) => {
      seen.push(given);
      return createMemoryProvider();
    },
  });
  const store = await openStore({
    config,
    env,
    cwd,
    store: "fake",
    importProvider: provide(provider),
  });
  await store.close();
  return seen[0];
}

function provide(
  provider: ProviderFactory<never> | ProviderFactory<v.InferOutput<typeof options>>,
) {
  return (name: string): Promise<unknown> | undefined =>
    name === "@kinko/provider-fake" ? Promise.resolve({ provider }) : undefined;
}

async function optionsFailure(...parameters: Parameters<typeof optionsOf>): Promise<SecretError> {
  const error = await failureOf(optionsOf(...parameters));
  expectClean(error, canary);
  if (!isSecretError(error)) throw error;
  return error;
}

describe("options of a provider", () => {
  test("come from its entry, without what is for the framework", async () => {
    expect(
      await optionsOf({ providers: { fake: { use: "fake", retries: 3 }, other: { x: 1 } } }),
    ).toEqual({ retries: 3 });
    expect(await optionsOf({})).toEqual({});
  });

  test("are overridden by the environment, nested ones with two underscores", async () => {
    const config = {
      providers: { fake: { token: "file", auth: { roleId: "file", wrapped: false } } },
    };
    const env = {
      KINKO_FAKE_TOKEN: "env",
      KINKO_FAKE_AUTH__ROLE_ID: "env",
      KINKO_OTHER_TOKEN: "x",
      KINKO_FAKE_ADDRESS: "",
    };
    expect(await optionsOf(config, env)).toEqual({
      token: "env",
      auth: { roleId: "env", wrapped: false },
    });
    expect(await optionsOf({}, { KINKO_FAKE_AUTH__WRAPPED: "true" })).toEqual({
      auth: { wrapped: true },
    });
  });

  test("from the environment stay text where text is wanted, and become JSON elsewhere", async () => {
    const env = {
      KINKO_FAKE_TOKEN: "123",
      KINKO_FAKE_RETRIES: "5",
      KINKO_FAKE_VERBOSE: "false",
      KINKO_FAKE_TAGS: '["a","b"]',
    };
    expect(await optionsOf({}, env)).toEqual({
      token: "123",
      retries: 5,
      verbose: false,
      tags: ["a", "b"],
    });
  });

  test("of an entry whose name begins like another are told apart", async () => {
    const config = { providers: { fake: {}, "fake-two": { use: "fake" } } };
    expect(
      await optionsOf(config, { KINKO_FAKE_TWO_TOKEN: "two", KINKO_FAKE_TOKEN: "one" }),
    ).toEqual({ token: "one" });
  });

  test("take variables and files in, once", async () => {
    const cwd = await folder({ "token.txt": `${canary.value}\n`, "crlf.txt": "x\r\n\r\n" });
    const config = {
      providers: {
        fake: {
          token: "${file:token.txt}",
          auth: { roleId: "a-${env:ROLE}-${env:ROLE}-b" },
          tags: ["${file:crlf.txt}", "$HOME", "${HOME}"],
        },
      },
    };
    expect(await optionsOf(config, { ROLE: "${env:HOME}" }, cwd)).toEqual({
      token: canary.value,
      auth: { roleId: "a-${env:HOME}-${env:HOME}-b" },
      tags: ["x\r\n", "$HOME", "${HOME}"],
    });
  });

  test.each([
    ["${env:MISSING}", "missing-variable", "MISSING"],
    ["${file:missing.txt}", "missing-file", "missing.txt"],
    ["${vault:a}", "unknown-interpolation", "${vault:…}"],
  ])("are refused when %s cannot be had", async (token, reason, words) => {
    const error = await optionsFailure({ providers: { fake: { token } } });
    expect(error).toMatchObject({ code: "Config", reason });
    expect(error.message).toContain(words);
  });
});

describe("options that do not fit", () => {
  test.each([
    [
      { adress: "http://x" },
      "unknown-option",
      'unknown option "providers.fake.adress". Did you mean "address"?',
    ],
    [
      { auth: { role_id: "x" } },
      "unknown-option",
      'unknown option "providers.fake.auth.role_id". Did you mean "roleId"?',
    ],
    [{ retries: canary.value }, "invalid-option", '"providers.fake.retries" must be number.'],
    [
      { token: { value: canary.value } },
      "invalid-option",
      '"providers.fake.token" must be string.',
    ],
    [{ token: [canary.value] }, "invalid-option", '"providers.fake.token" must be string.'],
    [{ address: canary.value }, "invalid-option", '"providers.fake.address" Invalid URL.'],
    [{ mode: canary.value }, "invalid-option", "('fast' | 'safe')"],
    [{ tags: [1, canary.value] }, "invalid-option", '"providers.fake.tags.0" must be string.'],
    [
      { auth: canary.value },
      "invalid-option",
      '"providers.fake.auth" must be a map of keys and values.',
    ],
  ])("are named and not quoted: %j", async (entry, reason, words) => {
    const error = await optionsFailure({ providers: { fake: entry } });
    expect(error).toMatchObject({ code: "Config", reason, operation: "open" });
    expect(error.message).toContain(words);
  });

  test("are named with line and column in a file, and with the variables that took part", async () => {
    const cwd = await folder({
      "a.yaml": `provider: fake\nproviders:\n  fake:\n    auth:\n      roleid: ${canary.value}\n    retries: ${canary.value}\n`,
      "a.toml": `[providers.fake]\nretries = "${canary.value}"\n[providers.fake.auth]\nroleid = 1\n`,
    });
    const yaml = await optionsFailure(join(cwd, "a.yaml"));
    expect(yaml.message).toContain(
      'a.yaml:5:7: unknown option "providers.fake.auth.roleid". Did you mean "roleId"?',
    );
    expect(yaml.message).toContain('a.yaml:6:5: "providers.fake.retries" must be number.');
    const toml = await optionsFailure(join(cwd, "a.toml"));
    expect(toml.message).toContain("a.toml:4:1: unknown option");
    expect(toml.message).toContain('a.toml:2:1: "providers.fake.retries" must be number.');
    const fromEnv = await optionsFailure({}, { KINKO_FAKE_RETRIES: canary.value });
    expect(fromEnv.message).toContain("the config (with KINKO_FAKE_RETRIES)");
  });

  test("are named in a TOML file where they are, and not where another has the same name", async () => {
    const cwd = await folder({
      "a.toml": `# retries = 1\n[providers.other]\nretries = 5\n\n[providers.fake]\nretries = "x"\n`,
    });
    expect((await optionsFailure(join(cwd, "a.toml"))).message).toContain("a.toml:6:1:");
  });

  test("are not quoted whatever the words of a schema are", async () => {
    const cwd = await folder({ "package.json": "{}", ...installed("fakery", fakeProviderSource) });
    for (const [entry, words] of [
      [{ token: { hidden: canary.value } }, '"providers.fakery.token" token.'],
      [{ port: canary.value }, '"providers.fakery.port" is not valid.'],
      [{ prot: 1, nme: canary.value }, 'unknown option "providers.fakery.prot"'],
    ] as const) {
      const error = await failureOf(
        openStore({ cwd, env: {}, config: { provider: "fakery", providers: { fakery: entry } } }),
      );
      expectClean(error, canary);
      expect(String(error)).toContain(words);
    }
  });
});

describe("a provider that fails to start", () => {
  test.each([
    ["throws", new Error(canary.value), "provider-failed"],
    ["throws what is no error", { token: canary.value }, "provider-failed"],
    [
      "throws an error of ours",
      new ConfigError("The file is not ours.", { reason: "foreign" }),
      "foreign",
    ],
  ])(
    "is reported without words that may quote a secret when it %s",
    async (_what, thrown, reason) => {
      const provider = defineProvider({
        name: "fake",
        options,
        // oxlint-disable-next-line prefer-promise-reject-errors
        create: () => Promise.reject(thrown),
      });
      const opening = openStore({
        config: { provider: "fake" },
        env: {},
        importProvider: provide(provider),
      });
      const error = await failureOf(opening);
      expectClean(error, canary);
      expect(error).toMatchObject({ code: "Config", reason });
    },
  );
});
