import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { hasLiteralCredential, maskConfig } from "../../src/config/mask-config.js";
import { withCli } from "../support/with-cli.js";

const cli = withCli();

describe("config", () => {
  test("show masks whatever could be a credential, and says what overrides it", async () => {
    const canary = createCanary();
    await writeFile(
      join(cli.directory, "kinko.config.json"),
      JSON.stringify({
        provider: "vault",
        providers: {
          vault: {
            address: `https://me:${canary.value}@vault.example:8200/x?token=${canary.value}`,
            token: canary.value,
            auth: { roleId: canary.value, secretId: "${env:SECRET_ID}" },
            extras: [canary.value],
            mount: "secret",
            kvVersion: 2,
          },
        },
      }),
    );
    const shown = await cli.run(["config", "show"], { env: { KINKO_VAULT_TOKEN: canary.value } });
    expectClean(shown.stdout + shown.stderr, canary);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      provider: "vault",
      providerFrom: "config",
      overriddenBy: [{ variable: "KINKO_VAULT_TOKEN", option: "providers.vault.token" }],
      config: {
        providers: {
          vault: {
            address: "https://●●●●●●●●@vault.example:8200/x?●●●●●●●●",
            token: "●●●●●●●●",
            auth: { roleId: "●●●●●●●●", secretId: "${env:SECRET_ID}" },
            mount: "secret",
            kvVersion: 2,
          },
        },
      },
    });
  });

  test("masking is by names that are known to be harmless, not by names that look secret", () => {
    const masked = (option: string, value: string): boolean => maskConfig(value, option) !== value;
    expect(masked("whatever", "x")).toBe(true);
    expect(masked("tokenFile", "/run/token")).toBe(false);
    expect(masked("passphraseEnv", "NAME")).toBe(false);
    expect(masked("address", "127.0.0.1:8200")).toBe(false);
    expect(masked("address", "not an address")).toBe(true);
    expect(masked("token", "${env:A}")).toBe(false);
    expect(masked("token", "${env:A}-suffix")).toBe(true);
  });

  test.each([
    ["token", "x", true],
    ["secretId", "x", true],
    ["anything", "AGE-SECRET-KEY-1ABC", true],
    ["address", "postgres://me:pw@host/db", true],
    ["token", "${env:TOKEN}", false],
    ["tokenFile", "/run/token", false],
    ["address", "https://host:8200", false],
    ["token", "", false],
  ])("%s: %s is a literal credential: %s", (option, value, expected) => {
    expect(hasLiteralCredential({ [option]: value })).toBe(expected);
    expect(hasLiteralCredential({ outer: [{ [option]: value }] })).toBe(expected);
  });

  test("path prints the file that was found, from a folder beneath too", async () => {
    const file = join(cli.directory, "kinko.config.yaml");
    expect(await cli.run(["config", "path"])).toMatchObject({ code: 0, stdout: "" });
    await writeFile(file, "provider: local\n");
    expect((await cli.run(["config", "path"])).stdout).toBe(`${file}\n`);
    const json = await cli.run(["config", "path", "--json"], { env: { KINKO_PROVIDER: "other" } });
    expect(JSON.parse(json.stdout)).toEqual({ path: file, provider: "other" });
  });

  test("schema is a JSON Schema with the options of installed providers", async () => {
    const schema = JSON.parse((await cli.run(["config", "schema"])).stdout) as {
      $schema: string;
      properties: { providers: { properties: Record<string, unknown> } };
    };
    expect(schema.$schema).toContain("json-schema.org");
    expect(Object.keys(schema.properties.providers.properties)).toContain("local");
  });

  test.each([
    ["provider: [", 25, "malformed-config"],
    ["provdier: local\n", 25, "unknown-option"],
    ["timeoutMs: soon\n", 25, "invalid-option"],
    ["provider: vualt\nproviders: {vault: {}}\n", 25, "unknown-provider"],
    ["provider: not-there-at-all\n", 25, "missing-package"],
    ["provider: ./evil.js\n", 25, "invalid-provider-name"],
    ["providers: {local: {tokne: hunter2}}\n", 25, "unknown-option"],
    ["providers: {local: {maxVersions: hunter2}}\n", 25, "invalid-option"],
    ["providers: {local: {x: '${env:ABSENT_VARIABLE}'}}\n", 25, "missing-variable"],
  ])("%j is told with its own reason", async (text, code, reason) => {
    await writeFile(join(cli.directory, "kinko.config.yaml"), text);
    const failed = await cli.run(["get", "a"]);
    expect(failed).toMatchObject({ code, stdout: "" });
    expect(failed.stderr).toContain(`(${reason})`);
    expect(failed.stderr).not.toContain("hunter2");
  });

  test("a config that is named but not there is told", async () => {
    const failed = await cli.run(["get", "a", "--config", "absent.yaml"]);
    expect(failed.code).toBe(25);
    expect(failed.stderr).toContain("(config-not-found)");
  });
});
