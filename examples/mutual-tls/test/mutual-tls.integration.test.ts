import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { realVault } from "@kinko/servers/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const example = dirname(dirname(fileURLToPath(import.meta.url)));
const vault = realVault();
const name = randomBytes(6).toString("hex");
const mounts = { ROOT_MOUNT: `pki-${name}`, MOUNT: `pki-int-${name}` };

/** Beside the example, so that its packages are found from there. */
let folder: string;

beforeAll(() => {
  const built = fileURLToPath(import.meta.resolve("@kinko/core/package.json"));
  expect(
    existsSync(join(dirname(built), "dist/index.js")),
    "the example runs what is built: run pnpm build first",
  ).toBe(true);
  folder = mkdtempSync(join(example, ".kinko-test-"));
  cpSync(join(example, "src"), join(folder, "src"), { recursive: true });
  cpSync(join(example, "kinko.config.yaml"), join(folder, "kinko.config.yaml"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const mount of Object.values(mounts)) await vault.request("DELETE", `sys/mounts/${mount}`);
});

/** Runs a file of the example as a process of its own, as a user would. */
async function start(file: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [join("src", file)], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.token,
      ...mounts,
    },
  });
  expect(stderr).toBe("");
  return stdout;
}

test("does what the guide says, and prints what it shows", async () => {
  expect(await start("set-up.mjs")).toMatch(/^made a root that is good until \d{4}\n$/u);
  const output = await start("application.mjs");
  const guide = readFileSync(join(example, "../../docs/guides/mutual-tls.md"), "utf8");
  expect(guide).toContain(`\`\`\`text\n${output}\`\`\``);
});
