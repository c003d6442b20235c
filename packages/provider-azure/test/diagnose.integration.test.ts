import type { ProviderFinding } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { provider } from "../src/index.js";
import type { AzureOptions } from "../src/options.js";
import { optionsFor, testContext, testTls } from "./support.js";
import { vaultUnderTest } from "./vault.js";

const tls = await testTls();
const canary = createCanary();

async function diagnose(options: AzureOptions): Promise<readonly ProviderFinding[]> {
  const found = (await provider.diagnose?.(options, testContext({ timeoutMs: 5_000 }))) ?? [];
  expectClean(found, canary);
  return found;
}

const wrong = (found: readonly ProviderFinding[]): ProviderFinding[] =>
  found.filter(({ ok }) => !ok);

describe("diagnose", () => {
  test("finds the vault, the credential and every permission, and changes nothing", async () => {
    const { server, store } = await vaultUnderTest(tls);
    const found = await diagnose(optionsFor(server, tls));
    expect(found.map(({ subject, ok }) => [subject, ok])).toEqual([
      ["endpoint", true],
      ["credential", true],
      ["permission to read", true],
      ["permission to list", true],
      ["permission to write", true],
      ["permission to delete", true],
    ]);
    const names: string[] = [];
    for await (const { path } of store.list()) names.push(path.join("/"));
    expect(names).toEqual([]);
  });

  test("warns of each operation that the identity may not do, and names the role", async () => {
    const { server } = await vaultUnderTest(tls);
    server.deny(["set", "delete"]);
    const found = wrong(await diagnose(optionsFor(server, tls)));
    expect(found).toMatchObject([
      { reason: "may-not-write", warning: true },
      { reason: "may-not-delete", warning: true },
    ]);
    expect(found[0]?.advice).toContain("Key Vault Secrets Officer");
  });

  test("tells a credential that the vault does not take, and an address where nobody listens", async () => {
    const { server } = await vaultUnderTest(tls);
    const credential = { method: "access-token", token: canary.value } as const;
    const refused = wrong(await diagnose(optionsFor(server, tls, { credential })));
    expect(refused).toMatchObject([{ subject: "credentials" }]);
    const vaultUrl = "https://127.0.0.1:1";
    const nobody = wrong(await diagnose(optionsFor(server, tls, { vaultUrl })));
    expect(nobody).toMatchObject([{ subject: "endpoint", reason: "connection-refused" }]);
    expect(await diagnose({})).toMatchObject([{ subject: "options", reason: "no-vault-url" }]);
  });

  test("tells an authority that is not trusted", async () => {
    const { server } = await vaultUnderTest(tls);
    const options = optionsFor(server, tls);
    const found = wrong(await diagnose({ ...options, tls: {} }));
    expect(found).toMatchObject([{ subject: "endpoint", reason: "tls-untrusted" }]);
  });
});
