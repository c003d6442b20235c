import { beforeAll, expect, test } from "vitest";
import { load } from "./load.js";
import { useLogins } from "./use-logins.js";

const { createRole, createStaticRole, start, sql, accounts, revokePrefix } = useLogins();

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

test("a login that was revoked by hand is replaced at the next connection, without a failed query", async () => {
  await createRole("revoked", { ttlSeconds: 600, maxTtlSeconds: 3_600 });
  const { pool } = await start("creds/revoked", { pool: { pool: { maxUses: 1 } } });
  const name = async (): Promise<unknown> =>
    (await pool.query<{ name: string }>("SELECT session_user AS name")).rows[0]?.name;
  const before = await name();
  await revokePrefix("revoked");
  const after = await Promise.all(Array.from({ length: 8 }, name));
  expect(after).not.toContain(before);
  expect(new Set(after).size).toBe(1);
  expect(await accounts("revoked")).toBe(1);
});

test("and where its connections are still there, after the first query that lacks rights", async () => {
  await createRole("connected", { ttlSeconds: 600, maxTtlSeconds: 3_600 });
  const { pool } = await start("creds/connected");
  const insert = (): Promise<unknown> => pool.query("INSERT INTO numbers VALUES (1)");
  await insert();
  await revokePrefix("connected");
  await expect(insert()).rejects.toMatchObject({ code: "42501" });
  await expect.poll(() => pool.generation, { timeout: 20_000 }).toBe(2);
  await insert();
});

test("the password of a static role changes while each query makes a connection of its own", async () => {
  const username = await createStaticRole("steady", 5);
  const { pool, handle } = await start("static-creds/steady", {
    pool: { pool: { max: 4, maxUses: 1 } },
  });
  const held = await pool.connect();
  const { failures, users, queries } = await load(pool, { clients: 3, ms: 14_000 });
  expect(failures).toEqual([]);
  expect(users).toEqual(new Set([username]));
  expect(queries).toBeGreaterThan(100);
  expect(handle.current().generation).toBeGreaterThanOrEqual(3);
  // Only the password has changed: what is connected stays so.
  expect((await held.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  held.release();
});

test("leases that are closed before the pool refuse its queries, and it still ends", async () => {
  await createRole("closed", { ttlSeconds: 600, maxTtlSeconds: 3_600 });
  const { pool, leases } = await start("creds/closed");
  await pool.query("SELECT 1");
  await leases.close();
  expect(await accounts("closed")).toBe(0);
  await expect(pool.query("SELECT 1")).rejects.toMatchObject({
    code: "Closed",
    reason: "handle-closed",
  });
  await pool.end();
  expect(pool.totalCount).toBe(0);
});
