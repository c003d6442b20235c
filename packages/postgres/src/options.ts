import { ConfigError, type Clock } from "@kinko/core";
import type { CredentialHandle, RotatingClientEvent } from "@kinko/core/leases";
import type { PoolConfig } from "pg";

/** What happened to the connections of one login. */
export type RotatingPoolEvent = RotatingClientEvent;

/** Options of `createRotatingPool`. */
export interface RotatingPoolOptions {
  /**
   * Login that the connections use, with the fields `username` and `password`: what
   * `createLeaseManager(…).acquire(…)` gives. It stays the caller's to close.
   */
  readonly handle: CredentialHandle;
  /**
   * As for `new Pool()` of `pg`, without user and password. `max` (default 10) bounds the connections
   * of all logins together. `connectionTimeoutMillis` bounds the whole wait for a connection, and
   * for a login where there is none; default 30,000, and 0 waits for ever.
   */
  readonly pool?: Omit<PoolConfig, "user" | "password"> | undefined;
  /**
   * Longest time in milliseconds that a connection of a replaced login may be in use before it is
   * cut. The overlap of the lease manager, and the end of the login, bound it too. Default 60,000.
   * Where only the password changes, as with a static role, it bounds `end()` and nothing else.
   */
  readonly drainTimeoutMs?: number | undefined;
  /** Is told when a login's connections were opened and closed, and when opening failed. */
  readonly onEvent?: ((event: RotatingPoolEvent) => void) | undefined;
  readonly clock?: Clock | undefined;
}

const known = new Set(["handle", "pool", "drainTimeoutMs", "onEvent", "clock"]);

const times = ["connectionTimeoutMillis", "idleTimeoutMillis", "maxLifetimeSeconds"] as const;

/** @throws ConfigError, with the option in `field` and never its value */
export function checkOptions(options: RotatingPoolOptions): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) {
      throw refusal("unknown-option", name, `Known ones are ${[...known].join(", ")}.`);
    }
  }
  const { handle, pool = {} } = options;
  if (typeof (handle as CredentialHandle | undefined)?.onRotate !== "function") {
    throw refusal("bad-handle", "handle", "Give what a lease manager's acquire() resolves with.");
  }
  for (const name of ["user", "password"]) {
    if ((pool as Record<string, unknown>)[name] !== undefined) throw ownCredentials(`pool.${name}`);
  }
  if (pool.max !== undefined && !(Number.isInteger(pool.max) && pool.max >= 1)) {
    throw refusal("bad-size", "pool.max", "Give a number of connections, 1 or more.");
  }
  for (const name of times) {
    const value = pool[name];
    if (value !== undefined && value !== null && !(Number.isFinite(value) && value >= 0)) {
      throw refusal("bad-duration", `pool.${name}`, "Give a time, 0 or more.");
    }
  }
}

/** The pool was given a login, which could only be one that does not change. */
export function ownCredentials(field: string): ConfigError {
  return refusal("own-credentials", field, "Leave it out: user and password come from the handle.");
}

/** Never with the value: a connection string may hold a password. */
export function refusal(reason: string, field: string, advice: string): ConfigError {
  return new ConfigError(`The option ${field} cannot be used.`, { reason, field, advice });
}
