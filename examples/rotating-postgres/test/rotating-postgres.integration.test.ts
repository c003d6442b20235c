import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  copyExample,
  createDatabase,
  queryPostgres,
  realPostgres,
  startOwnVault,
  type ExampleCopy,
} from "@kinko/servers/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";

// Vault is the test's own, to be killed.
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
  await sql("CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, item text NOT NULL)");
  await sql(`CREATE ROLE ${administrator} LOGIN SUPERUSER PASSWORD '${password}'`);
});
afterAll(async () => {
  copy.remove();
  await sql(`DROP OWNED BY ${administrator}; DROP ROLE ${administrator}`);
});

/** Ten customers who order and look, until they are told to stop. */
function customers(address: string): {
  readonly failures: string[];
  readonly served: () => number;
  readonly stop: () => Promise<void>;
} {
  const failures: string[] = [];
  let served = 0;
  let isOver = false;
  const send = async (path: string, init: RequestInit, status: number): Promise<void> => {
    try {
      const response = await fetch(`${address}${path}`, init);
      const body = await response.text();
      if (response.status === status) served += 1;
      else failures.push(`${path}: ${response.status} ${body}`);
    } catch (error) {
      failures.push(`${path}: ${String(error)}`);
    }
  };
  const order = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ item: "tea" }),
  };
  const customer = async (): Promise<void> => {
    while (!isOver) {
      await send("/orders", order, 201);
      await send("/orders", {}, 200);
      await pause(20);
    }
  };
  const all = Promise.all(Array.from({ length: 10 }, customer));
  return {
    failures,
    served: () => served,
    stop: async () => {
      isOver = true;
      await all;
    },
  };
}

test("Vault is killed, comes back sealed, and is unsealed: no request fails, and logins change", async () => {
  const env = {
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.rootToken,
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: new URL(connectionString).pathname.slice(1),
    PGUSER: administrator,
    PGPASSWORD: password,
    LOGIN_SECONDS: "16",
    LOGIN_MAX_SECONDS: "32",
    PORT: "0",
  };
  expect(await copy.start("set-up.mjs", env)).toBe("Vault makes logins for the shop\n");
  const service = copy.launch("service.mjs", env);
  const [, address = ""] = await service.said(/listening on (\S+)/u);
  const { failures, served, stop } = customers(address);

  /** Load for a while, of which something must have been served. */
  const serveFor = async (ms: number): Promise<void> => {
    const before = served();
    await pause(ms);
    expect(served()).toBeGreaterThan(before);
  };
  await serveFor(2_000);
  await vault.kill();
  await serveFor(3_000);
  await vault.restart();
  expect((await vault.request("GET", "sys/health")).status).toBe(503);
  await serveFor(3_000);
  await vault.unseal();
  await service.said(/login 2: opened[^]*login 1: closed/u);
  await serveFor(2_000);
  const health = (await (await fetch(`${address}/health`)).json()) as { readonly login: number };
  expect(health.login).toBeGreaterThanOrEqual(2);
  await stop();

  expect(failures).toEqual([]);
  expect(await sql("SELECT count(*)::int AS n FROM orders")).toEqual([{ n: served() / 2 }]);
  expect(await service.end()).toEqual({ code: 0, signal: null });
  expect(service.output()).toMatch(
    /^(?:connections of login \d+: (?:opened|closed)\n|listening on \S+\n)+$/u,
  );
  expect(await sql("SELECT 1 FROM pg_roles WHERE rolname LIKE 'v-%-shop-%'")).toEqual([]);
  expect(readdirSync(join(copy.folder, "leases"))).toEqual([]);
}, 150_000);
