import { EventEmitter } from "node:events";
import { UnsupportedError, systemClock, type Clock } from "@kinko/core";
import { rotateClient, type CredentialHandle, type RotatingClient } from "@kinko/core/leases";
import type { Pool, PoolClient, PoolConfig, PoolOptions, QueryResult } from "pg";
import { splitCallback, tell, type Callback } from "./callbacks.js";
import { checkOut, type CheckedOut } from "./check-out.js";
import { connectionSettings } from "./connection-settings.js";
import { LoginPool } from "./login-pool.js";
import { checkOptions, type RotatingPoolOptions } from "./options.js";
import type { RotatingPool } from "./pool-type.js";
import { Slots, poolEnded } from "./slots.js";
import { mayBeGoneLogin } from "./sql-state.js";
import { beginStatement, runTransaction, type TransactionOptions } from "./transaction.js";

/** A query that may not do what it wants is no reason to ask the issuer each time. */
const suspectEveryMs = 10_000;

/**
 * Makes a pool that follows a login through its rotations: new connections use the new login once one
 * has been made with it, connections of the old one finish what they do, and then the old login is
 * revoked. Loads `pg` and connects at the first use.
 *
 * MUST be given no user and no password. It never repeats a query.
 *
 * @throws ConfigError
 * @example
 * const leases = createLeaseManager({ dynamic: store.as("dynamic") });
 * const handle = await leases.acquire({ path: "database/creds/app" });
 * const pool = createRotatingPool({ handle, pool: { host: "db.example.com", database: "app" } });
 * const { rows } = await pool.query("SELECT 1 AS one");
 * await pool.end();
 * await leases.close();
 */
export function createRotatingPool(options: RotatingPoolOptions): RotatingPool {
  checkOptions(options);
  const pool = new RotatingPoolOfLogins(options, connectionSettings(options.pool ?? {}));
  // Its methods have the signatures of pg's, which overload and so cannot be written in a class.
  return pool as unknown as RotatingPool;
}

/** Object-relational mappers look for "Pool" in the name of the class. */
class RotatingPoolOfLogins extends EventEmitter {
  readonly options: PoolOptions;
  readonly #slots: Slots;
  readonly #logins: RotatingClient<LoginPool>;
  readonly #pools = new Set<LoginPool>();
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #handle: CredentialHandle;
  #suspectAgainMs = Number.NEGATIVE_INFINITY;
  #ending: Promise<void> | undefined;
  #ended = false;

  constructor(options: RotatingPoolOptions, settings: PoolConfig) {
    super();
    const { handle, drainTimeoutMs, onEvent, clock = systemClock } = options;
    const { max = 10, connectionTimeoutMillis = 30_000 } = settings;
    this.#handle = handle;
    this.#clock = clock;
    this.#timeoutMs = connectionTimeoutMillis;
    this.#slots = new Slots(max);
    const own = { ...settings, max, connectionTimeoutMillis };
    this.options = {
      ...own,
      maxUses: own.maxUses ?? Number.POSITIVE_INFINITY,
      allowExitOnIdle: own.allowExitOnIdle ?? false,
      maxLifetimeSeconds: own.maxLifetimeSeconds ?? 0,
      idleTimeoutMillis: own.idleTimeoutMillis === undefined ? 10_000 : own.idleTimeoutMillis,
    };
    this.#logins = rotateClient<LoginPool>({
      handle,
      drainTimeoutMs,
      onEvent,
      clock,
      open: async (credentials, { signal }) => {
        const { default: pg } = await import("pg");
        const login = new LoginPool({
          Pool: pg.Pool,
          settings: own,
          credentials,
          clock,
          events: this,
        });
        await login.prove(signal);
        this.#pools.add(login);
        return login;
      },
      retire: (login) => login.retire(),
      close: (login, how) => login.close(how).finally(() => this.#pools.delete(login)),
    });
  }

  get totalCount(): number {
    return this.#sum((pool) => pool.totalCount);
  }

  get idleCount(): number {
    return this.#sum((pool) => pool.idleCount);
  }

  get expiredCount(): number {
    return this.#sum((pool) => pool.expiredCount);
  }

  get waitingCount(): number {
    return this.#slots.waitingCount + this.#sum((pool) => pool.waitingCount);
  }

  get ending(): boolean {
    return this.#ending !== undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get generation(): number | undefined {
    return this.#logins.generation;
  }

  connect(callback?: Callback): Promise<PoolClient> | undefined {
    const connecting = this.#checkOut().then(({ client }) => client);
    if (callback === undefined) return connecting;
    tell(connecting, callback, (client) => [
      client,
      (error?: Error | boolean) => client.release(error),
    ]);
    return undefined;
  }

  query(...all: readonly unknown[]): Promise<QueryResult> | undefined {
    const { values, callback } = splitCallback(all);
    const querying = this.#query(values);
    if (callback === undefined) return querying;
    tell(querying, callback, (result) => [result]);
    return undefined;
  }

  async transaction<Result>(
    work: (client: PoolClient) => Result | Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const begin = beginStatement(options);
    const { client, generation } = await this.#checkOut();
    try {
      return await runTransaction(client, begin, work);
    } catch (error) {
      this.#suspect(error, generation);
      throw error;
    }
  }

  end(callback?: Callback): Promise<void> | undefined {
    this.#ending ??= this.#end();
    if (callback === undefined) return this.#ending;
    tell(this.#ending, callback, () => []);
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #query(values: readonly unknown[]): Promise<QueryResult> {
    if (isSubmittable(values[0])) throw needsConnection();
    const { client, generation } = await this.#checkOut();
    const query = client.query.bind(client) as (
      ...args: readonly unknown[]
    ) => Promise<QueryResult>;
    let result: QueryResult;
    try {
      result = await query(...values);
    } catch (error) {
      // As pg's own pool does it: what a failed query leaves behind is not known.
      client.release(true);
      this.#suspect(error, generation);
      throw error;
    }
    client.release();
    return result;
  }

  async #checkOut(): Promise<CheckedOut> {
    if (this.#ending !== undefined) throw poolEnded();
    return checkOut({
      slots: this.#slots,
      logins: this.#logins,
      handle: this.#handle,
      clock: this.#clock,
      timeoutMs: this.#timeoutMs,
    });
  }

  /**
   * A login that was revoked by hand stays connected, and is refused whatever it wants. The query is
   * the caller's to judge, but the next ones may have a login that lives.
   */
  #suspect(error: unknown, generation: number): void {
    if (!mayBeGoneLogin(error)) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#suspectAgainMs) return;
    this.#suspectAgainMs = nowMs + suspectEveryMs;
    void this.#handle.recheck(generation);
  }

  async #end(): Promise<void> {
    this.#slots.close();
    await this.#logins.close();
    this.#ended = true;
  }

  #sum(count: (pool: Pool) => number): number {
    let sum = 0;
    for (const { pool } of this.#pools) sum += count(pool);
    return sum;
  }
}

/** A cursor or a stream, which keeps its connection until it is read. */
function isSubmittable(query: unknown): boolean {
  return typeof (query as { readonly submit?: unknown } | undefined | null)?.submit === "function";
}

function needsConnection(): UnsupportedError {
  return new UnsupportedError("A pool cannot run a cursor or a stream.", {
    operation: "query",
    reason: "needs-connection",
    advice: "Take a connection with connect(), and release it when the stream has ended.",
  });
}
