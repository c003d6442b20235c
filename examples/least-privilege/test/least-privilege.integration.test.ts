import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyExample, realVault, type ExampleCopy } from "@kinko/servers/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
const guide = readFileSync(join(example, "../../docs/guides/least-privilege.md"), "utf8");
const vault = realVault();

let copy: ExampleCopy;

const clean = async (): Promise<void> => {
  await vault.request("DELETE", "sys/mounts/shop");
  await vault.request("DELETE", "sys/policies/acl/orders");
};

beforeAll(async () => {
  copy = copyExample(import.meta.url, { built: "dist/index.js" });
  await clean();
});
afterAll(async () => {
  copy.remove();
  await clean();
});

/** The guide shows what was printed, to the letter. */
const expectShown = (output: string): void =>
  expect(guide).toContain(`\`\`\`text\n${output}\`\`\``);

test("proves the policy without a server, as the guide shows", async () => {
  expectShown(await copy.start("prove.mjs"));
});

test("applies it, and Vault denies what it does not allow, as the guide shows", async () => {
  expectShown(
    await copy.start("apply.mjs", { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token }),
  );
});
