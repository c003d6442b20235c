import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type OpenStoreOptions, type SecretStore } from "@kinko/core";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { expect, onTestFinished, test } from "vitest";
import { failureOf } from "./failures.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });
const version1 = createKvMount({ version: 1 });
const canary = createCanary();

/** Opens what a config file of these lines says. */
async function openFile(
  lines: readonly string[],
  env: OpenStoreOptions["env"],
): Promise<SecretStore> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-config-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = join(folder, "kinko.config.yaml");
  await writeFile(config, lines.join("\n"));
  const store = await openStore({
    config,
    env,
    importProvider: (name) =>
      name === "@kinko/provider-vault" ? import("../src/index.js") : undefined,
  });
  onTestFinished(() => store.close());
  return store;
}

test("a config file and the variables of the vault command open the store", async () => {
  const lines = ["provider: vault", "providers:", "  vault:", `    mount: ${mount}`];
  const store = await openFile(lines, { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token });
  await store.put("prod/app/db", { user: "app", password: canary.value });
  expect((await store.get("prod/app/db#password")).text()).toBe(canary.value);
});

test("options can come from the environment alone, numbers too", async () => {
  const store = await openFile(["provider: vault"], {
    KINKO_VAULT_ADDRESS: vault.address,
    KINKO_VAULT_MOUNT: version1,
    KINKO_VAULT_KV_VERSION: "1",
    VAULT_TOKEN: vault.token,
  });
  await store.put("app", canary.value);
  expect((await vault.request("GET", `${version1}/app`)).body["data"]).toEqual({
    value: canary.value,
  });
});

test("two Vault mounts can serve different prefixes", async () => {
  const lines = [
    "provider: vault",
    "providers:",
    `  vault: { mount: ${mount} }`,
    `  old: { use: vault, mount: ${version1}, kvVersion: 1 }`,
    "routes:",
    "  - { prefix: legacy, provider: old }",
  ];
  const store = await openFile(lines, { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token });
  await store.put("legacy/app", "one");
  await store.put("app", "two");
  expect((await vault.request("GET", `${version1}/legacy/app`)).status).toBe(200);
  expect((await vault.request("GET", `${mount}/data/app`)).status).toBe(200);
});

test("an option that does not exist is named with its line, and a likely one", async () => {
  const lines = ["provider: vault", "providers:", "  vault:", "    adress: http://127.0.0.1:1"];
  const error = await failureOf(openFile(lines, {}), canary);
  expect(error).toMatchObject({ code: "Config", reason: "unknown-option" });
  expect(error.message).toContain("kinko.config.yaml:4:5");
  expect(error.message).toContain('"address"');
});

test("a token with a mistake in its option is not quoted", async () => {
  const lines = [
    "provider: vault",
    "providers:",
    "  vault:",
    `    auth: { method: token, tokn: ${canary.value} }`,
  ];
  const error = await failureOf(openFile(lines, { VAULT_ADDR: vault.address }), canary);
  expect(error.code).toBe("Config");
});

test("no address is told with what to set", async () => {
  const error = await failureOf(
    openFile(["provider: vault"], { VAULT_TOKEN: canary.value }),
    canary,
  );
  expect(error).toMatchObject({ code: "Config", reason: "no-address" });
  expect(error.message).toContain("VAULT_ADDR");
});
