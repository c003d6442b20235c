import { existsSync } from "node:fs";
import { dirname } from "node:path";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { identifyProcess, isRunning } from "../watchdog/identity.mjs";
import { startPostgres } from "../src/postgres/start.js";
import { createDatabase, realPostgres } from "../src/vitest/index.js";

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const postgres = realPostgres();

describe("the shared PostgreSQL", () => {
  const database = createDatabase();

  test("accepts a login with its password by scram-sha-256, and no other", async () => {
    const { host, port, superuser: user, password, connectionString } = postgres;
    const client = await connect({ connectionString });
    const { rows } = await client.query<{ rolpassword: string; listen: string }>(
      "SELECT rolpassword, current_setting('listen_addresses') AS listen FROM pg_authid WHERE rolname = current_user",
    );
    expect(rows[0]?.rolpassword).toMatch(/^SCRAM-SHA-256\$/);
    expect(rows[0]?.listen).toBe("127.0.0.1");
    const rules = await client.query<{ auth_method: string }>(
      "SELECT DISTINCT auth_method FROM pg_hba_file_rules",
    );
    expect(rules.rows).toEqual([{ auth_method: "scram-sha-256" }]);

    const wrong = new pg.Client({
      host,
      port,
      user,
      password: `${password}x`,
      database: "postgres",
    });
    await expect(wrong.connect()).rejects.toThrow(/password authentication failed/);
  });

  test("has a database of the suite's own", async () => {
    const client = await connect({ connectionString: database });
    await client.query("CREATE TABLE t (id int)");
    const { rows } = await client.query<{ name: string }>("SELECT current_database() AS name");
    expect(rows[0]?.name).toMatch(/^kinko_[0-9a-f]{12}$/);
  });
});

test("stopping a PostgreSQL leaves neither process nor folder, with a client still connected", async () => {
  const own = await startPostgres();
  const client = new pg.Client({ connectionString: own.connectionString });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
  const data = rows[0]?.data_directory ?? "";
  const identity = identifyProcess(own.pid ?? 0);
  if (identity === undefined) throw new Error("PostgreSQL has no process.");
  expect(existsSync(data)).toBe(true);

  await own.stop();
  expect(isRunning(identity)).toBe(false);
  expect(existsSync(dirname(own.logFile))).toBe(false);
  expect(existsSync(dirname(data))).toBe(false);
});
