import { setTimeout as pause } from "node:timers/promises";
import { startOwnVault } from "@kinko/servers/vitest";
import { beforeAll, expect, test } from "vitest";
import { load } from "./load.js";
import { useLogins } from "./use-logins.js";

// Vault is the file's own, to be killed.
const vault = await startOwnVault();
const { createRole, start, sql, accounts } = useLogins(vault);

beforeAll(() => sql("CREATE TABLE numbers (n int)"));

test("Vault is away for longer than a login lives: queries wait for the next one, and none fails", async () => {
  await createRole("outage", { ttlSeconds: 6, maxTtlSeconds: 60 });
  const events: string[] = [];
  const { pool, leases } = await start("creds/outage", {
    pool: { pool: { connectionTimeoutMillis: 90_000 } },
    leases: { onEvent: ({ type, generation }) => events.push(`${type} ${generation}`) },
  });
  const loading = load(pool, { clients: 10, ms: 30_000 });
  await pause(1_000);
  await vault.kill();
  await expect.poll(() => events, { timeout: 15_000 }).toContain("lost 1");
  await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0);
  await vault.restart();
  await vault.unseal();
  const { failures, users } = await loading;
  expect(failures).toEqual([]);
  expect(users.size).toBeGreaterThanOrEqual(2);
  await pool.end();
  await leases.close();
  expect(await accounts("outage")).toBe(0);
}, 150_000);
