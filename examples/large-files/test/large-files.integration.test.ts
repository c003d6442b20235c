import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyExample, realVault, type ExampleCopy } from "@kinko/servers/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
const vault = realVault();
const mount = `transit-${randomBytes(6).toString("hex")}`;

let copy: ExampleCopy;

beforeAll(() => {
  copy = copyExample(import.meta.url, { built: "dist/envelope/index.js" });
});
afterAll(async () => {
  copy.remove();
  await vault.request("DELETE", `sys/mounts/${mount}`);
});

/** Runs a file of the example against the servers of this test. */
function start(file: string): Promise<string> {
  return copy.start(file, {
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.token,
    KINKO_VAULT_TRANSIT__MOUNT: mount,
  });
}

test("does what the guide says, and prints what it shows", async () => {
  expect(await start("set-up.mjs")).toBe("made the key backups\n");
  expect(await start("set-up.mjs")).toBe("");
  const output = await start("files.mjs");
  const guide = readFileSync(join(example, "../../docs/guides/encrypting-large-files.md"), "utf8");
  expect(guide).toContain(`\`\`\`text\n${output}\`\`\``);
  expect(existsSync(join(copy.folder, "broken.tar"))).toBe(false);
  expect(await start("streams.mjs")).toBe("streams: done\n");
  const same = readFileSync(join(copy.folder, "stream.tar")).equals(
    readFileSync(join(copy.folder, "restored.tar")),
  );
  expect(same).toBe(true);
});
