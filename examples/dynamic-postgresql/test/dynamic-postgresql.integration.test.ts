import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDatabase, realPostgres, startOwnVault } from "@kinko/servers/vitest";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const example = dirname(dirname(fileURLToPath(import.meta.url)));
// The example mounts the engine where it usually is, so Vault is the test's own.
const vault = await startOwnVault();
const { host, port } = realPostgres();
const connectionString = createDatabase();
const administrator = `example_${randomBytes(4).toString("hex")}`;
const password = randomBytes(12).toString("hex");

/** Beside the example, so that its packages are found from there. */
let folder: string;

async function sql(statement: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  const built = fileURLToPath(import.meta.resolve("@kinko/core/package.json"));
  expect(
    existsSync(join(dirname(built), "dist/leases/index.js")),
    "the example runs what is built: run pnpm build first",
  ).toBe(true);
  folder = mkdtempSync(join(example, ".kinko-test-"));
  cpSync(join(example, "src"), join(folder, "src"), { recursive: true });
  cpSync(join(example, "kinko.config.yaml"), join(folder, "kinko.config.yaml"));
  await sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2), (3)");
  await sql(`CREATE ROLE ${administrator} LOGIN SUPERUSER PASSWORD '${password}'`);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await sql(`DROP OWNED BY ${administrator}; DROP ROLE ${administrator}`);
});

/** Runs a file of the example as a process of its own, as a user would. */
async function start(file: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [join("src", file)], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.rootToken,
      PGHOST: host,
      PGPORT: String(port),
      PGDATABASE: new URL(connectionString).pathname.slice(1),
      PGUSER: administrator,
      PGPASSWORD: password,
    },
  });
  expect(stderr).toBe("");
  return stdout;
}

test("does what the guide says, prints what it shows, and leaves no login", async () => {
  const output = (await start("set-up.mjs")) + (await start("application.mjs"));
  const guide = readFileSync(join(example, "../../docs/guides/dynamic-postgresql.md"), "utf8");
  expect(guide).toContain(`\`\`\`text\n${output}\`\`\``);
  expect(await sql("SELECT 1 FROM pg_roles WHERE rolname LIKE 'v-%-readonly-%'")).toEqual([]);
  expect(readdirSync(join(folder, "leases"))).toEqual([]);
});
