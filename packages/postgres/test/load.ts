import { setTimeout as pause } from "node:timers/promises";
import type { RotatingPool } from "../src/index.js";

/** What clients saw. */
export interface LoadReport {
  readonly queries: number;
  readonly failures: readonly unknown[];
  /** Logins that queries ran under. */
  readonly users: ReadonlySet<string>;
}

/**
 * Clients that use a pool in every way it can be used, one thing after the other, for a time. The
 * table `numbers` has to be there.
 */
export async function load(
  pool: RotatingPool,
  { clients, ms }: { readonly clients: number; readonly ms: number },
): Promise<LoadReport> {
  const failures: unknown[] = [];
  const users = new Set<string>();
  let queries = 0;
  const untilMs = performance.now() + ms;
  const whoAmI = "SELECT session_user AS name";
  const note = ({ rows }: { readonly rows: { readonly name: string }[] }): void => {
    queries += 1;
    for (const { name } of rows) users.add(name);
  };
  const ways: (() => Promise<void>)[] = [
    async () => note(await pool.query(whoAmI)),
    async () => note(await pool.query("SELECT session_user AS name, pg_sleep($1)", [0.05])),
    async () =>
      pool.transaction(async (client) => {
        await client.query("INSERT INTO numbers VALUES ($1)", [queries]);
        await pause(20);
        note(await client.query(whoAmI));
      }),
    async () => {
      const client = await pool.connect();
      try {
        note(await client.query(whoAmI));
        await pause(50);
        note(await client.query(whoAmI));
      } finally {
        client.release();
      }
    },
  ];
  const client = async (index: number): Promise<void> => {
    for (let turn = index; performance.now() < untilMs; turn += 1) {
      try {
        await ways[turn % ways.length]?.();
      } catch (error) {
        failures.push(error);
      }
      await pause(5);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return { queries, failures, users };
}
