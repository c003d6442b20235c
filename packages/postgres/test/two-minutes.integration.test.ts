import { beforeAll, expect, test } from "vitest";
import { load } from "./load.js";
import { useLogins } from "./use-logins.js";

const { createRole, start, sql, accounts } = useLogins();

beforeAll(() => sql("CREATE TABLE numbers (n int)"));

// The figures of the specification: lives of 20 s, at most 60 s. In a file of its own, as it takes so
// long and next to no work.
test("two minutes of 10 clients and logins that change: no failed query, no login left", async () => {
  await createRole("steady", { ttlSeconds: 20, maxTtlSeconds: 60 });
  const { pool, leases } = await start("creds/steady");
  const { failures, users, queries } = await load(pool, { clients: 10, ms: 120_000 });
  expect(failures).toEqual([]);
  expect(queries).toBeGreaterThan(5_000);
  expect(users.size).toBeGreaterThanOrEqual(2);
  await pool.end();
  await leases.close();
  expect(await accounts("steady")).toBe(0);
}, 180_000);
