import { resolve } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { awsOptions, type AwsOptions } from "../src/options.js";
import { resolveSettings } from "../src/settings.js";
import { testContext } from "./support.js";

function settingsOf(
  options: AwsOptions,
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof resolveSettings> {
  return resolveSettings(options, testContext({ env, directory: "/srv/app" }));
}

const keys = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret" };

describe("settings", () => {
  test("need no option", () => {
    expect(settingsOf({})).toMatchObject({
      region: undefined,
      credentials: undefined,
      naming: "encoded",
      prefix: "",
      recoveryWindowDays: 30,
      onDeleted: "recover",
      readTags: true,
    });
  });

  test("come from AWS's variables, and from options before these", () => {
    const env = {
      ...keys,
      AWS_SESSION_TOKEN: "token",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-2",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_CA_BUNDLE: "ca.pem",
    };
    expect(settingsOf({}, env)).toMatchObject({
      region: "eu-west-1",
      credentials: { accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "token" },
      endpoint: "http://127.0.0.1:4566/",
      caFile: resolve("/srv/app/ca.pem"),
    });
    const options: AwsOptions = {
      region: "eu-central-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      endpoint: "https://example.com",
      caFile: "~/own.pem",
      proxy: "http://user:password@proxy:3128",
    };
    const settings = settingsOf(options, { ...env, HOME: "/home/app" });
    expect(settings).toMatchObject({
      region: "eu-central-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      endpoint: "https://example.com/",
      caFile: "/home/app/own.pem",
    });
    expect(settings.proxy?.host).toBe("proxy:3128");
    expect(settingsOf({}, { AWS_DEFAULT_REGION: "eu-west-2" }).region).toBe("eu-west-2");
    const own = {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: "http://127.0.0.1:1",
      AWS_ENDPOINT_URL: "http://b",
    };
    expect(settingsOf({}, own).endpoint).toBe("http://127.0.0.1:1/");
  });

  test("let a profile go before keys in variables, as AWS's own tools do", () => {
    expect(settingsOf({ profile: "dev" }, keys)).toMatchObject({
      profile: "dev",
      credentials: undefined,
    });
    expect(settingsOf({}, { ...keys, AWS_PROFILE: "dev" }).credentials).toBeUndefined();
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    expect(settingsOf({ credentials }, { AWS_PROFILE: "dev" }).profile).toBeUndefined();
  });

  const wrong: readonly (readonly [string, AwsOptions])[] = [
    ["bad-region", { region: "eu-central-1.evil.example" }],
    ["bad-region", { region: "EU" }],
    ["bad-endpoint", { endpoint: "secretsmanager" }],
    ["bad-endpoint", { endpoint: "ftp://host" }],
    ["bad-endpoint", { endpoint: "https://host/?a=b" }],
    ["credentials-in-endpoint", { endpoint: "https://user:password@host" }],
    ["bad-proxy", { proxy: "socks5://user:password@host" }],
    ["bad-prefix", { prefix: "team" }],
    ["bad-prefix", { prefix: "te am/" }],
    [
      "ambiguous-credentials",
      { profile: "dev", credentials: { accessKeyId: "a", secretAccessKey: "password" } },
    ],
  ];
  for (const [reason, options] of wrong) {
    test(`refuse ${Object.keys(options).join(" and ")} as ${reason}, without quoting`, () => {
      expect(() => settingsOf(options)).toThrow(
        expect.objectContaining({ code: "Config", reason }),
      );
      expect(() => settingsOf(options)).not.toThrow(/password|evil|socks/u);
    });
  }
});

describe("options", () => {
  test("refuse unknown keys, and figures that AWS does not take", () => {
    const refused = [
      { regoin: "eu-central-1" },
      { recoveryWindowDays: 6 },
      { recoveryWindowDays: 31 },
      { recoveryWindowDays: 7.5 },
      { naming: "base64" },
      { credentials: { accessKeyId: "a" } },
    ];
    for (const options of refused) {
      expect(v.safeParse(awsOptions, options).success, JSON.stringify(options)).toBe(false);
    }
    expect(v.safeParse(awsOptions, { recoveryWindowDays: 7, naming: "raw" }).success).toBe(true);
  });
});
