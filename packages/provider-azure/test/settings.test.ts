import { createCanary, expectClean } from "@kinko/testing";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { azureOptions, type AzureOptions } from "../src/options.js";
import { provider } from "../src/index.js";
import { resolveSettings } from "../src/settings.js";
import { testContext } from "./support.js";

const vaultUrl = "https://my-vault.vault.azure.net";

describe("options", () => {
  it("need only the address of the vault", () => {
    const settings = resolveSettings({ vaultUrl }, testContext());
    expect(settings).toMatchObject({
      onDeleted: "recover",
      carryTags: true,
      verifyChallengeResource: true,
      credential: { method: "default" },
    });
    expect(settings.vault.origin).toBe(vaultUrl);
  });

  it("take the address from the environment, and prefer the option", () => {
    const context = testContext({ env: { AZURE_KEYVAULT_URL: "https://env.vault.azure.net/" } });
    expect(resolveSettings({}, context).vault.origin).toBe("https://env.vault.azure.net");
    expect(resolveSettings({ vaultUrl }, context).vault.origin).toBe(vaultUrl);
  });

  it("take paths of files from the folder of the config", () => {
    const context = testContext({ directory: "/etc/app" });
    const settings = resolveSettings(
      {
        vaultUrl,
        tls: { caFile: "ca.pem" },
        credential: { method: "access-token", tokenFile: "token" },
      },
      context,
    );
    expect(settings.caFile).toBe("/etc/app/ca.pem");
    expect(settings.credential).toMatchObject({ tokenFile: "/etc/app/token" });
  });

  const canary = createCanary();
  it.each<[string, AzureOptions, string]>([
    ["no address", {}, "no-vault-url"],
    ["an address that is none", { vaultUrl: canary.value }, "bad-url"],
    ["http", { vaultUrl: "http://vault.example.com" }, "bad-vault-url"],
    ["a path in the address", { vaultUrl: `${vaultUrl}/secrets/x` }, "bad-vault-url"],
    [
      "credentials in the address",
      { vaultUrl: `https://user:${canary.value}@vault.azure.net` },
      "credentials-in-url",
    ],
    ["two authorities", { vaultUrl, tls: { ca: "x", caFile: "y" } }, "ambiguous-ca"],
    [
      "credentials in the address of the proxy",
      { vaultUrl, proxy: { url: `http://u:${canary.value}@proxy:1` } },
      "credentials-in-url",
    ],
    ["a proxy of another kind", { vaultUrl, proxy: { url: "socks5://proxy:1" } }, "bad-proxy-url"],
    [
      "a client without a secret",
      { vaultUrl, credential: { method: "client-secret", tenantId: "t", clientId: "c" } },
      "bad-credential",
    ],
    [
      "two tokens",
      { vaultUrl, credential: { method: "access-token", token: canary.value, tokenFile: "f" } },
      "bad-credential",
    ],
    [
      "two names of a managed identity",
      { vaultUrl, credential: { method: "managed-identity", clientId: "c", resourceId: "r" } },
      "ambiguous-identity",
    ],
    [
      "an authority without encryption",
      {
        vaultUrl,
        credential: { method: "workload-identity", authorityHost: "http://login.example.com" },
      },
      "bad-authority",
    ],
  ])("refuse %s, without quoting it", (_what, options, reason) => {
    let error: unknown;
    try {
      resolveSettings(options, testContext());
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: "Config", reason });
    expectClean(error, canary);
  });

  it.each([
    { vaultUrl, unknown: true },
    { vaultUrl, naming: "plain" },
    { vaultUrl, onDeleted: "purge" },
    { vaultUrl, credential: { method: "password" } },
    { vaultUrl, credential: { method: "default", clientSecret: "x" } },
    { vaultUrl, apiVersion: "1.0" },
  ])("refuse what is unknown: %j", (options) => {
    expect(v.safeParse(azureOptions, options).success).toBe(false);
  });

  it("belong to the provider azure", () => {
    expect(provider.name).toBe("azure");
  });
});
