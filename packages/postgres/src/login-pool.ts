import type { EventEmitter } from "node:events";
import type { Clock } from "@kinko/core";
import type { LeasedCredentials } from "@kinko/core/leases";
import type { Pool, PoolClient, PoolConfig } from "pg";
import { withSignals } from "./with-signals.js";

/** Longest wait for connections to end, in milliseconds: one may hang, and its login ends anyway. */
const closeTimeoutMs = 1_000;

/** What the pool of one login is made of. */
export interface LoginPoolOptions {
  readonly Pool: new (config: PoolConfig) => Pool;
  readonly settings: PoolConfig;
  readonly credentials: LeasedCredentials;
  readonly clock: Clock;
  /** Gets the events of the pool. */
  readonly events: EventEmitter;
}

/** The connections of one login. */
export class LoginPool {
  readonly pool: Pool;
  readonly #clock: Clock;
  readonly #clients = new Set<PoolClient>();
  #isRetired = false;
  #onGone: () => void = () => undefined;

  constructor({ Pool: PgPool, settings, credentials, clock, events }: LoginPoolOptions) {
    const { secret } = credentials;
    this.#clock = clock;
    this.pool = new PgPool({
      ...settings,
      user: textOf(credentials, "username"),
      // Read for each connection, so that it is no longer in memory than it has to be.
      password: () => textOf({ secret }, "password"),
    });
    this.pool.on("connect", (client) => {
      this.#clients.add(client);
      forgetPassword(client);
      // A lost connection shows in the query that needs it; without a listener it ends the process.
      client.on("error", () => undefined);
      events.emit("connect", client);
    });
    this.pool.on("acquire", (client) => events.emit("acquire", client));
    this.pool.on("release", (error, client) => events.emit("release", error, client));
    this.pool.on("remove", (client) => {
      this.#gone(client);
      events.emit("remove", client);
    });
    this.pool.on("error", (error, client) => {
      if (events.listenerCount("error") > 0) events.emit("error", error, client);
    });
  }

  /**
   * Makes a connection, which stays for the first who wants one.
   *
   * @throws AbortedError, and what `pg` throws; the pool is retired then
   */
  async prove(signal: AbortSignal): Promise<void> {
    // One that comes when nobody waits any more ends here, as it is released into a retired pool.
    const connecting = this.pool.connect().then((client) => client.release());
    try {
      await withSignals(connecting, [signal]);
    } catch (error) {
      this.retire();
      throw error;
    }
  }

  /** Closes what is idle now, and each other connection when it comes back. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    // What it tells is that nothing is left in it, not that the connections have ended.
    this.pool.end().catch(() => undefined);
  }

  /**
   * Resolves when the connections have ended.
   *
   * @param options.forced cut what is in use, too
   */
  async close({ forced }: { readonly forced: boolean }): Promise<void> {
    this.retire();
    if (this.#clients.size === 0) return;
    let cancel: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      this.#onGone = resolve;
      cancel = this.#clock.schedule(closeTimeoutMs, resolve);
    });
    if (forced) {
      for (const client of this.#clients) void client.end().then(() => this.#gone(client));
    }
    await gone;
    cancel();
  }

  #gone(client: PoolClient): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#onGone();
  }
}

function textOf({ secret }: Pick<LeasedCredentials, "secret">, field: string): string {
  const value = secret.field(field);
  try {
    return value.text();
  } finally {
    value.dispose();
  }
}

/** What pg keeps of it: a client connects once, so that it is of no use any more. */
function forgetPassword(client: PoolClient): void {
  const { connectionParameters } = client as {
    readonly connectionParameters?: { password?: unknown };
  };
  for (const keeper of [client as { password?: unknown }, connectionParameters]) {
    if (keeper !== undefined) keeper.password = null;
  }
}
