import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  copyExample,
  createDatabase,
  queryPostgres,
  realPostgres,
  startOwnVault,
  type ExampleCopy,
} from "@kinko/servers/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
// The example mounts the engine where it usually is, so Vault is the test's own.
const vault = await startOwnVault();
const { host, port } = realPostgres();
const connectionString = createDatabase();
const administrator = `example_${randomBytes(4).toString("hex")}`;
const password = randomBytes(12).toString("hex");

let copy: ExampleCopy;

const sql = (statement: string): ReturnType<typeof queryPostgres> =>
  queryPostgres(connectionString, statement);

beforeAll(async () => {
  copy = copyExample(import.meta.url, { built: "dist/leases/index.js" });
  await sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2), (3)");
  await sql(`CREATE ROLE ${administrator} LOGIN SUPERUSER PASSWORD '${password}'`);
});
afterAll(async () => {
  copy.remove();
  await sql(`DROP OWNED BY ${administrator}; DROP ROLE ${administrator}`);
});

/** Runs a file of the example against the servers of this test. */
function start(file: string): Promise<string> {
  return copy.start(file, {
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.rootToken,
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: new URL(connectionString).pathname.slice(1),
    PGUSER: administrator,
    PGPASSWORD: password,
  });
}

test("does what the guide says, prints what it shows, and leaves no login", async () => {
  const output = (await start("set-up.mjs")) + (await start("application.mjs"));
  const guide = readFileSync(join(example, "../../docs/guides/dynamic-postgresql.md"), "utf8");
  expect(guide).toContain(`\`\`\`text\n${output}\`\`\``);
  expect(await sql("SELECT 1 FROM pg_roles WHERE rolname LIKE 'v-%-readonly-%'")).toEqual([]);
  expect(readdirSync(join(copy.folder, "leases"))).toEqual([]);
});
