import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyExample, createKvMount, realVault, type ExampleCopy } from "@kinko/servers/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
const vault = realVault();
const mounts = { 1: createKvMount({ version: 1 }), 2: createKvMount({ version: 2 }) } as const;

let copy: ExampleCopy;
const configFile = (): string => join(copy.folder, "kinko.config.yaml");

beforeAll(async () => {
  copy = copyExample(import.meta.url);
  await start("set-up.mjs", {});
  await start("set-up.mjs", { KINKO_PROVIDER: "vault" });
  await start("set-up.mjs", { KINKO_PROVIDER: "vault", ...kvVersion1 });
});
afterAll(() => copy.remove());

const kvVersion1 = { KINKO_VAULT_MOUNT: mounts[1], KINKO_VAULT_KV_VERSION: "1" };

/** Runs a file of the example against the servers of this test. */
function start(file: string, env: Readonly<Record<string, string>>): Promise<string> {
  return copy.start(file, {
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.token,
    KINKO_VAULT_MOUNT: mounts[2],
    ...env,
  });
}

const expected = [
  "database: shop@db.example, password of 13 bytes",
  "signature of order 1: a299bc7e47251ca255651ebdebb8e2a1580f2c2ad96187450013730c4bb7afba",
  "proxy: none",
  "secrets: shop/database, shop/signing-key",
  "no token: The secret has no such field. Check the part after the #, or read the secret without it.",
  "",
];

describe("the same application", () => {
  test("reads the embedded store", async () => {
    expect((await start("app.mjs", {})).split("\n")).toEqual(expected);
  });

  test("prints what the guide shows, once for each store", async () => {
    const guide = readFileSync(join(example, "../../docs/guides/switching.md"), "utf8");
    expect(guide.split(await start("app.mjs", {}))).toHaveLength(3);
  });

  test("gives the same output from a real Vault when one line of the config changes", async () => {
    const local = await start("app.mjs", {});
    const before = readFileSync(configFile(), "utf8");
    const after = before.replace(/^provider: local$/mu, "provider: vault");
    const changed = before.split("\n").filter((line, index) => line !== after.split("\n")[index]);
    expect(changed).toEqual(["provider: local"]);
    writeFileSync(configFile(), after);
    try {
      expect(await start("app.mjs", {})).toBe(local);
      expect(await start("app.mjs", { KINKO_PROVIDER: "local" })).toBe(local);
    } finally {
      writeFileSync(configFile(), before);
    }
  });

  test("gives the same output from a real Vault when KINKO_PROVIDER says so", async () => {
    const local = await start("app.mjs", {});
    expect(await start("app.mjs", { KINKO_PROVIDER: "vault" })).toBe(local);
    expect(await start("app.mjs", { KINKO_PROVIDER: "vault", ...kvVersion1 })).toBe(local);
  });

  test("does read Vault then: a change there is seen, and only there", async () => {
    const local = await start("app.mjs", {});
    const path = `${mounts[2]}/data/shop/proxy`;
    const written = await vault.request("POST", path, { data: { value: "http://proxy" } });
    expect(written.status).toBe(200);
    const fromVault = await start("app.mjs", { KINKO_PROVIDER: "vault" });
    expect(fromVault).toContain("proxy: http://proxy\n");
    expect(await start("app.mjs", {})).toBe(local);
    await vault.request("DELETE", `${mounts[2]}/metadata/shop/proxy`);
  });
});
