import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyExample, realVault, type ExampleCopy } from "@kinko/servers/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
const vault = realVault();
const name = randomBytes(6).toString("hex");
const mounts = { ROOT_MOUNT: `pki-${name}`, MOUNT: `pki-int-${name}` };

let copy: ExampleCopy;

beforeAll(() => {
  copy = copyExample(import.meta.url);
});
afterAll(async () => {
  copy.remove();
  for (const mount of Object.values(mounts)) await vault.request("DELETE", `sys/mounts/${mount}`);
});

/** Runs a file of the example against the servers of this test. */
function start(file: string): Promise<string> {
  return copy.start(file, {
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.token,
    ...mounts,
  });
}

test("does what the guide says, and prints what it shows", async () => {
  expect(await start("set-up.mjs")).toMatch(/^made a root that is good until \d{4}\n$/u);
  const output = await start("application.mjs");
  const guide = readFileSync(join(example, "../../docs/guides/mutual-tls.md"), "utf8");
  expect(guide).toContain(`\`\`\`text\n${output}\`\`\``);
});
