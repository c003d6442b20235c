import { randomBytes } from "node:crypto";
import { createCanary, type Canary } from "@kinko/testing";
import { createDatabase, queryPostgres, realPostgres } from "@kinko/servers/vitest";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { createRotatingPool, type RotatingPool, type RotatingPoolOptions } from "../src/index.js";
import { FakeHandle } from "./fake-handle.js";

export interface Roles {
  /** Password of every role. */
  readonly canary: Canary;
  /** Name of the role of a generation, which exists for 1 to 4. */
  readonly nameOf: (generation: number) => string;
  readonly sql: (statement: string) => Promise<readonly Record<string, unknown>[]>;
  /** A pool that begins with role 1; both end with the calling test. */
  readonly start: (options?: Omit<RotatingPoolOptions, "handle">) => {
    readonly pool: RotatingPool;
    readonly handle: FakeHandle;
  };
}

/** A database with logins of the calling file's own, whose changes the test decides on. */
export function useRoles(): Roles {
  const { host, port } = realPostgres();
  const url = new URL(createDatabase());
  const database = url.pathname.slice(1);
  const canary = createCanary();
  const prefix = `kinko_${randomBytes(4).toString("hex")}`;
  const nameOf = (generation: number): string => `${prefix}_${generation}`;
  const generations = [1, 2, 3, 4];

  const sql: Roles["sql"] = (statement) => queryPostgres(url.href, statement);
  beforeAll(async () => {
    for (const generation of generations) {
      await sql(`CREATE ROLE ${nameOf(generation)} LOGIN PASSWORD '${canary.value}'`);
    }
  });
  afterAll(async () => {
    for (const generation of generations) {
      await sql(`DROP OWNED BY ${nameOf(generation)}; DROP ROLE ${nameOf(generation)}`);
    }
  });

  return {
    canary,
    nameOf,
    sql,
    start: (options = {}) => {
      const handle = new FakeHandle({ nameOf, password: canary.value });
      const pool = createRotatingPool({
        ...options,
        handle,
        pool: { host, port, database, ...options.pool },
      });
      onTestFinished(() => pool.end());
      return { pool, handle };
    },
  };
}
