import { defineConfig, type KinkoConfig } from "../../src/index.js";
import { loadConfig } from "../../src/config/index.js";
import { describe, expect, test } from "vitest";
import { folder } from "../support/folder.js";
import { failureOf } from "../support/limited.js";

async function load(
  env: Readonly<Record<string, string>>,
  config: KinkoConfig = {},
): Promise<KinkoConfig> {
  return (await loadConfig({ config: defineConfig(config), env })).config;
}

describe("variables of the blocks `resilience` and `leases`", () => {
  test("set what they name, over the file, and leave the rest", async () => {
    const env = {
      KINKO_RESILIENCE_CACHE__TTL_SECONDS: "5",
      KINKO_RESILIENCE_RETRY: "false",
      KINKO_RESILIENCE_FAILOVER: '["aws"]',
      KINKO_LEASES_OVERLAP_MS: "30000",
      KINKO_LEASES_JOURNAL__DIRECTORY: "/var/lib/app",
    };
    const cache = { ttlSeconds: 60, maxStaleSeconds: 600 };
    expect(await load(env, { resilience: { cache } })).toEqual({
      resilience: {
        cache: { ttlSeconds: 5, maxStaleSeconds: 600 },
        retry: false,
        failover: ["aws"],
      },
      leases: { overlapMs: 30_000, journal: { directory: "/var/lib/app" } },
    });
  });

  test("turn a whole block off, or a part of one that the file turned off on again", async () => {
    expect(await load({ KINKO_RESILIENCE: "false" })).toEqual({ resilience: false });
    const env = { KINKO_RESILIENCE_RETRY__MAX_RETRIES: "1" };
    expect(await load(env, { resilience: false })).toEqual({
      resilience: { retry: { maxRetries: 1 } },
    });
  });

  test("of one entry are for that one, also when the config does not have it", async () => {
    const env = {
      KINKO_PROVIDER: "vault",
      KINKO_VAULT_RESILIENCE__CACHE__TTL_SECONDS: "5",
      KINKO_VAULT_EU_RESILIENCE__BREAKER: "false",
      KINKO_VAULT_ADDRESS: "https://vault.example.com",
    };
    expect(await load(env)).toEqual({
      providers: { vault: { resilience: { cache: { ttlSeconds: 5 } } } },
    });
    const providers = { "vault-eu": { mount: "eu" } };
    expect(await load(env, { providers })).toEqual({
      providers: {
        vault: { resilience: { cache: { ttlSeconds: 5 } } },
        "vault-eu": { mount: "eu", resilience: { breaker: false } },
      },
    });
  });

  test("are an entry's own when it is called like the block", async () => {
    const providers = { leases: { use: "vault" } };
    expect(await load({ KINKO_LEASES_OVERLAP_MS: "5" }, { providers })).toEqual({ providers });
  });

  test.each([
    ["KINKO_LEASES_OVERLAP_MS", "soon"],
    ["KINKO_LEASES_OVERLAP_MS", "-1"],
    ["KINKO_LEASES_OVERLAP", "1"],
    ["KINKO_RESILIENCE_CACHE__TTL_SECONDS", "often"],
    ["KINKO_RESILIENCE", "off"],
  ])("that make no sense are refused by name: %s=%s", async (name, value) => {
    const error = await failureOf(load({ [name]: value }));
    expect(error).toMatchObject({ code: "Config" });
    expect(String(error)).toContain(name);
    if (value.length > 3) expect(String(error)).not.toContain(value);
  });

  test("that are empty count for nothing", async () => {
    expect(await load({ KINKO_RESILIENCE: "", KINKO_LEASES_OVERLAP_MS: "" })).toEqual({});
  });
});

test("the block `leases` names what is wrong in it, and where", async () => {
  const refuse = async (yaml: string): Promise<string> => {
    const cwd = await folder({ "kinko.config.yaml": yaml });
    return String(await failureOf(loadConfig({ cwd, env: {} })));
  };
  expect(await refuse("leases:\n  overlapMS: 5\n")).toContain('Did you mean "overlapMs"?');
  expect(await refuse("leases:\n  journal: {}\n")).toContain(
    '"leases.journal.directory" is missing',
  );
  expect(await refuse("leases:\n  overlapMs: 1e9\n")).toContain("at most a day");
  expect(await refuse("leases: false\n")).toContain('"leases" must be a map');
});
