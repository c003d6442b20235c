import { isSecretError, silentLogger, type ProviderContext, type SecretError } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import { vaultOptions, type VaultOptions } from "../src/options.js";
import { resolveSettings, type VaultSettings } from "../src/settings.js";
import { openProvider, testContext } from "./support.js";

const address = "https://vault.example.com:8200";

function settings(options: VaultOptions, env: ProviderContext["env"] = {}): VaultSettings {
  return resolveSettings(options, testContext({ env, directory: "/etc/app" }));
}

function refusal(options: VaultOptions, env: ProviderContext["env"] = {}): SecretError {
  try {
    settings(options, env);
  } catch (error) {
    if (isSecretError(error, "Config")) return error;
  }
  throw new Error("The options were not refused with Config.");
}

describe("defaults", () => {
  test("come from the environment that the vault command uses", () => {
    const env = {
      VAULT_ADDR: address,
      VAULT_TOKEN: "t",
      VAULT_NAMESPACE: "team",
      VAULT_CACERT: "ca.pem",
      VAULT_CLIENT_CERT: "/c.pem",
      VAULT_CLIENT_KEY: "/k.pem",
      VAULT_TLS_SERVER_NAME: "vault",
    };
    expect(settings({}, env)).toEqual({
      base: new URL(address),
      mount: "secret",
      transitMount: "transit",
      kvVersion: 2,
      namespace: "team",
      pathPrefix: [],
      auth: { method: "token", token: "t", renew: true },
      tls: {
        ca: undefined,
        caFile: "/etc/app/ca.pem",
        certFile: "/c.pem",
        keyFile: "/k.pem",
        serverName: "vault",
      },
    });
  });

  test("are overruled by the config", () => {
    const options: VaultOptions = {
      address,
      namespace: "b",
      auth: { method: "token", token: "b" },
      tls: { ca: "pem" },
    };
    const env = {
      VAULT_ADDR: "http://other",
      VAULT_TOKEN: "a",
      VAULT_NAMESPACE: "a",
      VAULT_CACERT: "a",
    };
    expect(settings(options, env)).toMatchObject({
      base: new URL(address),
      namespace: "b",
      auth: { token: "b" },
      tls: { ca: "pem", caFile: undefined },
    });
  });

  test("fall back to the token file of the vault command, in the home folder", () => {
    const expected = { method: "token-file", file: "/home/app/.vault-token" };
    expect(settings({ address }, { HOME: "/home/app" }).auth).toEqual(expected);
    expect(
      settings({ address, auth: { method: "token-file" } }, { HOME: "/home/app", VAULT_TOKEN: "t" })
        .auth,
    ).toEqual(expected);
  });

  test("relative paths start at the folder of the config", () => {
    expect(settings({ address, auth: { method: "token-file", file: "run/token" } }).auth).toEqual({
      method: "token-file",
      file: "/etc/app/run/token",
    });
  });
});

describe("a mount", () => {
  test.each([
    ["/team/kv/", "team/kv"],
    ["a b", "a%20b"],
    ["ü", "%C3%BC"],
  ])("%j is sent as %s", (mount, path) => {
    expect(settings({ address, mount }).mount).toBe(path);
  });

  test.each(["..", "a/../b", "a//b", "%2e%2e", "a\nb"])("%j is refused", (mount) => {
    expect(refusal({ address, mount }).reason).toBe("bad-mount");
  });
});

describe("refused before anything is sent, without repeating it", () => {
  const canary = createCanary();
  test.each<[string, VaultOptions]>([
    ["no-address", {}],
    ["bad-address", { address: `not a url ${canary.value}` }],
    ["bad-address", { address: `ftp://${canary.value}` }],
    ["bad-address", { address: `${address}/?token=${canary.value}` }],
    ["bad-address", { address: `${address}/#${canary.value}` }],
    ["credentials-in-address", { address: `https://user:${canary.value}@vault` }],
    ["credentials-in-address", { address: `https://${canary.value}@vault` }],
    ["bad-namespace", { address, namespace: `a\r\nX-Injected: ${canary.value}` }],
    ["ambiguous-ca", { address, tls: { ca: canary.value, caFile: "a" } }],
    ["incomplete-client-certificate", { address, tls: { certFile: canary.value } }],
    ["bad-secret-id", { address, auth: { method: "approle", roleId: "r" } }],
    [
      "bad-secret-id",
      {
        address,
        auth: { method: "approle", roleId: "r", secretId: canary.value, secretIdFile: "f" },
      },
    ],
    [
      "bad-mount",
      { address, auth: { method: "approle", roleId: "r", secretId: canary.value, mount: "../x" } },
    ],
  ])("%s", (reason, options) => {
    const error = refusal(options);
    expect(error.reason).toBe(reason);
    expectClean(error, canary);
  });
});

describe("a warning", () => {
  test.each([
    ["http://vault.example.com:8200", 1],
    ["http://10.0.0.1", 1],
    ["http://localhost.example.com", 1],
    ["https://vault.example.com", 0],
    ["http://127.0.0.1:8200", 0],
    ["http://localhost:8200", 0],
    ["http://[::1]:8200", 0],
  ])("is given for a connection without encryption: %s", async (plain, times) => {
    const warn = vi.fn();
    const driver = openProvider({ address: plain }, { logger: { ...silentLogger, warn } });
    await driver.close();
    expect(warn).toHaveBeenCalledTimes(times);
  });
});

describe("the schema", () => {
  test.each<[string, unknown]>([
    ["an unknown option", { addres: address }],
    ["an unknown option of auth", { auth: { method: "token", tokn: "x" } }],
    ["an unknown method", { auth: { method: "magic" } }],
    ["an option that would switch TLS checks off", { tls: { skipVerify: true } }],
    ["a KV version that is none", { kvVersion: 3 }],
    ["an empty address", { address: "" }],
  ])("refuses %s", (_title, options) => {
    expect(v.safeParse(vaultOptions, options).success).toBe(false);
  });

  test("takes every documented option", () => {
    const options = {
      address,
      mount: "secret",
      kvVersion: "auto",
      namespace: "team",
      namespaceMode: "header",
      auth: { method: "approle", roleId: "r", secretIdFile: "f", wrapped: true, mount: "approle" },
      tls: { caFile: "a", certFile: "b", keyFile: "c", serverName: "d" },
    };
    expect(v.parse(vaultOptions, options)).toEqual(options);
  });
});
