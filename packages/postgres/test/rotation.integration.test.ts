import { beforeAll, expect, test } from "vitest";
import { load } from "./load.js";
import { useLogins } from "./use-logins.js";

const { createRole, start, sql, accounts } = useLogins();

beforeAll(() => sql("CREATE TABLE numbers (n int)"));

test("10 clients notice nothing of logins that change, and no login is left", async () => {
  await createRole("busy", { ttlSeconds: 5, maxTtlSeconds: 15 });
  let most = 0;
  const { pool, leases } = await start("creds/busy", { pool: { pool: { max: 6 } } });
  pool.on("connect", () => (most = Math.max(most, pool.totalCount)));
  const { failures, users, queries } = await load(pool, { clients: 10, ms: 25_000 });
  expect(failures).toEqual([]);
  expect(queries).toBeGreaterThan(1_000);
  expect(users.size).toBeGreaterThanOrEqual(2);
  // One more while a rotation tries the new login.
  expect(most).toBeLessThanOrEqual(7);
  await pool.end();
  expect(await accounts("busy")).toBe(1);
  await leases.close();
  expect(await accounts("busy")).toBe(0);
  expect(pool.totalCount).toBe(0);
});
