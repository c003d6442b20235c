import { setTimeout as pause } from "node:timers/promises";

/** @typedef {import("pg").PoolClient} Client */
/** @typedef {import("pg").Pool & { transaction(work: (client: Client) => Promise<void>): Promise<void> }} RotatingPool */

/**
 * Clients that use a pool in each way it can be used, one after the other, for a time.
 *
 * @param {RotatingPool} pool
 * @param {{ readonly clients: number, readonly ms: number }} options
 */
export async function runPoolLoad(pool, { clients, ms }) {
  /** @type {string[]} what failures are told apart by, without their messages */
  const failures = [];
  /** @type {Set<string>} */
  const users = new Set();
  let queries = 0;
  let slowestMs = 0;
  const statement = "SELECT session_user AS name";
  /** @param {{ readonly rows: readonly { readonly name: string }[] }} result */
  const note = ({ rows }) => {
    queries += 1;
    for (const { name } of rows) users.add(name);
  };
  /** @type {(() => Promise<void>)[]} */
  const ways = [
    async () => note(await pool.query(statement)),
    async () => note(await pool.query("SELECT session_user AS name, pg_sleep($1)", [0.05])),
    () =>
      pool.transaction(async (client) => {
        note(await client.query(statement));
        await pause(20);
        note(await client.query(statement));
      }),
    async () => {
      const client = await pool.connect();
      try {
        note(await client.query(statement));
        await pause(50);
        note(await client.query(statement));
      } finally {
        client.release();
      }
    },
  ];
  const untilMs = performance.now() + ms;
  /** @param {number} first */
  const run = async (first) => {
    for (let turn = first; performance.now() < untilMs; turn += 1) {
      const startedMs = performance.now();
      try {
        await ways[turn % ways.length]?.();
      } catch (error) {
        const { code, name } = /** @type {{ code?: string, name?: string }} */ (error);
        failures.push(code ?? name ?? "unknown");
      }
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      await pause(10);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => run(index)));
  return { queries, failures, users, slowestMs };
}
