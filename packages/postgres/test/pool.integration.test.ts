import { FakeClock, expectClean, flushMicrotasks } from "@kinko/testing";
import type { Pool, PoolClient } from "pg";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RotatingPool } from "../src/index.js";
import { useRoles } from "./use-roles.js";

const { start, sql, nameOf, canary } = useRoles();
const whoAmI = "SELECT session_user AS name";

async function nameSeen(queryable: Pick<RotatingPool, "query">): Promise<string | undefined> {
  return (await queryable.query<{ name: string }>(whoAmI)).rows[0]?.name;
}

beforeAll(async () => {
  await sql(`
    CREATE TABLE numbers (n int UNIQUE DEFERRABLE INITIALLY DEFERRED);
    CREATE SEQUENCE runs;
    GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC`);
});
beforeEach(() => sql("TRUNCATE numbers"));

describe("it is a Pool of pg", () => {
  test("may be passed where one is wanted, and answers promises and callbacks alike", async () => {
    const pool: Pool = start().pool;
    const one = "SELECT $1::int AS n";
    expect((await pool.query(one, [1])).rows).toEqual([{ n: 1 }]);
    expect((await pool.query({ text: one, values: [2] })).rows).toEqual([{ n: 2 }]);
    expect((await pool.query({ text: one, values: [3], rowMode: "array" })).rows).toEqual([[3]]);
    const seen: unknown[] = [];
    await new Promise<void>((resolve) => {
      pool.query(one, [4], (_error, { rows }) => {
        seen.push(rows);
        resolve();
      });
    });
    await new Promise<void>((resolve) => {
      pool.connect((_error, client, release) => {
        void client?.query(one, [5]).then(({ rows }) => {
          seen.push(rows);
          release();
          resolve();
        });
      });
    });
    const failed = await new Promise<Error>((resolve) => {
      pool.query("SELECT nonsense", (error) => resolve(error));
    });
    expect(seen).toEqual([[{ n: 4 }], [{ n: 5 }]]);
    expect(failed).toMatchObject({ code: "42703" });
    await new Promise<void>((resolve) => pool.end(resolve));
    expect(pool.ended).toBe(true);
  });

  test("counts its connections, and tells of them", async () => {
    const { pool } = start({ pool: { max: 2 } });
    const told: string[] = [];
    for (const event of ["connect", "acquire", "release", "remove"] as const) {
      pool.on(event, () => told.push(event));
    }
    const clients = await Promise.all([pool.connect(), pool.connect()]);
    const third = pool.connect();
    await flushMicrotasks();
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([2, 0, 1]);
    clients[0].release();
    (await third).release();
    clients[1].release();
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([2, 2, 0]);
    await pool.end();
    expect(pool.totalCount).toBe(0);
    expect(told.filter((event) => event === "connect")).toHaveLength(2);
    expect(told.filter((event) => event === "remove")).toHaveLength(2);
  });

  test("refuses a second release, and loses no slot by it", async () => {
    const { pool } = start({ pool: { max: 1 } });
    const client = await pool.connect();
    client.release();
    expect(() => client.release()).toThrow(/already been released/u);
    expect(await Promise.all([nameSeen(pool), nameSeen(pool)])).toEqual([nameOf(1), nameOf(1)]);
    expect(pool.totalCount).toBe(1);
  });

  test("a lost idle connection ends nothing, and is told where somebody listens", async () => {
    const { pool } = start();
    const losing = async (): Promise<void> => {
      const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const lost = new Promise((resolve) => pool.once("remove", resolve));
      await sql(`SELECT pg_terminate_backend(${rows[0]?.pid})`);
      await lost;
    };
    await losing();
    const errors: unknown[] = [];
    pool.on("error", (error) => errors.push(error));
    await losing();
    expect(errors).toMatchObject([{ code: "57P01" }]);
    expect(await nameSeen(pool)).toBe(nameOf(1));
  });

  test("refuses a cursor or stream, which would keep its connection", async () => {
    const { pool } = start();
    const submittable = { submit: () => undefined };
    await expect(pool.query(submittable)).rejects.toMatchObject({
      code: "Unsupported",
      reason: "needs-connection",
    });
  });

  test("end waits for connections in use, refuses what comes later, and may be called twice", async () => {
    const { pool } = start();
    const client = await pool.connect();
    let isOver = false;
    const ending = pool.end().then(() => (isOver = true));
    const ended = { code: "Closed", reason: "pool-ended" };
    await expect(pool.query(whoAmI)).rejects.toMatchObject(ended);
    await expect(pool.connect()).rejects.toMatchObject(ended);
    await expect(nameSeen(client)).resolves.toBe(nameOf(1));
    expect(isOver).toBe(false);
    client.release();
    await ending;
    await pool.end();
    expect(pool.ended).toBe(true);
  });

  test("end while the first connection is made: that is closed, and its query refused", async () => {
    const { pool } = start();
    const opening = expect(pool.query(whoAmI)).rejects.toMatchObject({
      code: "Closed",
      reason: "pool-ended",
    });
    const late = new Promise((resolve) => pool.once("connect", resolve));
    const counted = expect(late.then(() => pool.ending)).resolves.toBe(true);
    await flushMicrotasks();
    await pool.end();
    await opening;
    await counted;
    expect(pool.totalCount).toBe(0);
  });

  test("shows neither password nor connection in what is printed of it", async () => {
    const { pool } = start();
    const client = await pool.connect();
    expectClean(pool, canary);
    expectClean(client, canary);
    client.release();
  });
});

describe("a wait for a connection", () => {
  test("ends with the timeout of the whole, and leaves the queue", async () => {
    const clock = new FakeClock();
    const { pool } = start({ clock, pool: { max: 1, connectionTimeoutMillis: 5_000 } });
    const client = await pool.connect();
    const waiting = expect(nameSeen(pool)).rejects.toMatchObject({
      code: "Timeout",
      reason: "no-connection",
    });
    await flushMicrotasks();
    expect(pool.waitingCount).toBe(1);
    await clock.advance(5_000);
    await waiting;
    expect(pool.waitingCount).toBe(0);
    client.release();
    expect(await nameSeen(pool)).toBe(nameOf(1));
  });
});

describe("a new login", () => {
  test("is used by every query that is sent later, while the old one finishes", async () => {
    const { pool, handle } = start();
    const held = await pool.connect();
    expect(await nameSeen(pool)).toBe(nameOf(1));
    let isRetired = false;
    const retired = handle.rotate().then(() => (isRetired = true));
    await expect.poll(() => pool.generation).toBe(2);
    expect(await nameSeen(pool)).toBe(nameOf(2));
    expect(await nameSeen(held)).toBe(nameOf(1));
    expect(isRetired).toBe(false);
    held.release();
    await retired;
    expect(await sql(`SELECT 1 FROM pg_stat_activity WHERE usename = '${nameOf(1)}'`)).toEqual([]);
  });

  test("is what they get who waited in the queue under the old one", async () => {
    const { pool, handle } = start({ pool: { max: 1 } });
    const held = await pool.connect();
    const waiting = nameSeen(pool);
    const retired = handle.rotate();
    await expect.poll(() => pool.generation).toBe(2);
    held.release();
    await retired;
    expect(await waiting).toBe(nameOf(2));
  });

  test("serves only once a connection was made with it", async () => {
    const { pool, handle } = start();
    await sql(`ALTER ROLE ${nameOf(2)} NOLOGIN`);
    expect(await nameSeen(pool)).toBe(nameOf(1));
    const retired = handle.rotate();
    expect(await nameSeen(pool)).toBe(nameOf(1));
    await sql(`ALTER ROLE ${nameOf(2)} LOGIN`);
    await retired;
    expect(await nameSeen(pool)).toBe(nameOf(2));
  });

  test("cuts what is still in use when the old one ends, and nothing else", async () => {
    const cutUses: number[] = [];
    const { pool, handle } = start({
      onEvent: (event) => event.type === "closed" && cutUses.push(event.cutUses),
    });
    const idleInTransaction = await pool.connect();
    await idleInTransaction.query("BEGIN");
    const sleeping = pool.query("SELECT pg_sleep(3)");
    const cut = expect(sleeping).rejects.toThrow(/terminated/u);
    const overlap = new AbortController();
    const retired = handle.rotate(overlap.signal);
    await expect.poll(() => pool.generation).toBe(2);
    const after = pool.query("SELECT pg_sleep(0.2)");
    overlap.abort();
    await cut;
    await retired;
    await expect(idleInTransaction.query(whoAmI)).rejects.toThrow(/not queryable/u);
    idleInTransaction.release();
    await after;
    expect(cutUses).toEqual([2]);
    // The server goes on with a statement until it has a result to send.
    const left = `SELECT 1 FROM pg_stat_activity WHERE usename = '${nameOf(1)}' AND state <> 'active'`;
    await expect.poll(() => sql(left)).toEqual([]);
    expect(await nameSeen(pool)).toBe(nameOf(2));
  });
});

describe("a login that the database refuses", () => {
  test("is asked after, and the newest is used, without a failed query", async () => {
    const { pool, handle } = start({ pool: { max: 2 } });
    const held = await pool.connect();
    await sql(`ALTER ROLE ${nameOf(1)} NOLOGIN`);
    handle.onRecheck = () => void handle.rotate(AbortSignal.abort());
    expect(await nameSeen(pool)).toBe(nameOf(2));
    expect(handle.rechecked).toEqual([1]);
    held.release();
    await sql(`ALTER ROLE ${nameOf(1)} LOGIN`);
  });

  test("also when it is the first", async () => {
    const { pool, handle } = start();
    await sql(`ALTER ROLE ${nameOf(1)} NOLOGIN`);
    handle.onRecheck = () => void handle.rotate();
    expect(await nameSeen(pool)).toBe(nameOf(2));
    expect(handle.rechecked).toEqual([1]);
    await sql(`ALTER ROLE ${nameOf(1)} LOGIN`);
  });

  test("and that lives, is the caller's failure, after one more attempt", async () => {
    const { pool, handle } = start();
    await sql(`ALTER ROLE ${nameOf(1)} NOLOGIN`);
    const error: unknown = await pool.query(whoAmI).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "28000" });
    expectClean(error, canary);
    expect(handle.rechecked).toEqual([1]);
    await sql(`ALTER ROLE ${nameOf(1)} LOGIN`);
    expect(await nameSeen(pool)).toBe(nameOf(1));
  });

  test("is suspected when a query lacks rights, not more than once in a while", async () => {
    const clock = new FakeClock();
    const { pool, handle } = start({ clock });
    const forbidden = async (): Promise<void> => {
      await expect(pool.query("SELECT * FROM pg_authid")).rejects.toMatchObject({ code: "42501" });
      const inTransaction = pool.transaction((client) => client.query("SELECT * FROM pg_authid"));
      await expect(inTransaction).rejects.toMatchObject({ code: "42501" });
    };
    await forbidden();
    await forbidden();
    expect(handle.rechecked).toEqual([1]);
    await clock.advance(10_000);
    await forbidden();
    expect(handle.rechecked).toEqual([1, 1]);
  });
});

describe("a query that may have run is never sent again", () => {
  async function runs(): Promise<unknown> {
    return (await sql("SELECT nextval('runs')::int AS n"))[0]?.["n"];
  }

  test("when its connection is lost", async () => {
    const { pool } = start();
    const before = Number(await runs());
    await expect(
      pool.query("SELECT nextval('runs'), pg_terminate_backend(pg_backend_pid())"),
    ).rejects.toMatchObject({ code: "57P01" });
    expect(await runs()).toBe(before + 2);
  });

  test("when it fails with what stands for a refused login", async () => {
    const { pool, handle } = start();
    const before = Number(await runs());
    const raising = `DO $$ BEGIN
      PERFORM nextval('runs');
      RAISE EXCEPTION 'refused' USING ERRCODE = '28P01';
    END $$`;
    await expect(pool.query(raising)).rejects.toMatchObject({ code: "28P01" });
    expect(await runs()).toBe(before + 2);
    expect(handle.rechecked).toEqual([]);
  });
});

describe("transaction", () => {
  const insert = (client: PoolClient, n: number): Promise<unknown> =>
    client.query("INSERT INTO numbers VALUES ($1)", [n]);

  test("commits, and gives what the function does", async () => {
    const { pool } = start();
    const result = await pool.transaction(async (client) => {
      await insert(client, 1);
      expect(await sql("SELECT n FROM numbers")).toEqual([]);
      return "done";
    });
    expect(result).toBe("done");
    expect(await sql("SELECT n FROM numbers")).toEqual([{ n: 1 }]);
  });

  test("rolls back what the function throws, and uses the connection again", async () => {
    const { pool } = start({ pool: { max: 1 } });
    const failing = pool.transaction(async (client) => {
      await insert(client, 1);
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await sql("SELECT n FROM numbers")).toEqual([]);
    expect(pool.idleCount).toBe(1);
  });

  test("fails when a statement had failed, although the function went on", async () => {
    const { pool } = start();
    const swallowing = pool.transaction(async (client) => {
      await insert(client, 1);
      await client.query("SELECT nonsense").catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: "Conflict", reason: "rolled-back" });
    expect(await sql("SELECT n FROM numbers")).toEqual([]);
  });

  test("fails with what COMMIT fails with", async () => {
    const { pool } = start();
    const clashing = pool.transaction(async (client) => {
      await insert(client, 1);
      await insert(client, 1);
    });
    await expect(clashing).rejects.toMatchObject({ code: "23505" });
    expect(await sql("SELECT n FROM numbers")).toEqual([]);
  });

  test("throws away a connection that was lost in it", async () => {
    const { pool } = start({ pool: { max: 1 } });
    const losing = pool.transaction((client) =>
      client.query("SELECT pg_terminate_backend(pg_backend_pid())"),
    );
    await expect(losing).rejects.toMatchObject({ code: "57P01" });
    expect(await nameSeen(pool)).toBe(nameOf(1));
  });

  test("runs as it is asked to", async () => {
    const { pool } = start();
    const shown = await pool.transaction(
      async (client) => {
        const { rows } = await client.query(
          "SELECT current_setting('transaction_isolation') AS i, current_setting('transaction_read_only') AS r, current_setting('transaction_deferrable') AS d",
        );
        return rows[0] as unknown;
      },
      { isolation: "serializable", readOnly: true, deferrable: true },
    );
    expect(shown).toEqual({ i: "serializable", r: "on", d: "on" });
  });

  test("refuses an isolation that there is not before it takes a connection", async () => {
    const { pool } = start();
    for (const isolation of ["snapshot", "serializable; DROP TABLE numbers", "constructor"]) {
      const refused = pool.transaction(() => undefined, { isolation: isolation as "serializable" });
      await expect(refused).rejects.toMatchObject({
        code: "Config",
        reason: "unknown-isolation",
        field: "isolation",
      });
    }
    expect(pool.totalCount).toBe(0);
  });
});
