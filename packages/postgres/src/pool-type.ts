import type { Pool, PoolClient } from "pg";
import type { TransactionOptions } from "./transaction.js";

/**
 * A `Pool` of `pg` whose login changes while it is used. It can be passed wherever a `Pool` is wanted;
 * what differs is in the package's README.
 */
export interface RotatingPool extends Pool {
  /**
   * Runs `work` between BEGIN and COMMIT on one connection; what it throws rolls back. Never repeated.
   *
   * @throws what `work` throws; ConflictError with the reason `rolled-back` when a statement in it had
   * failed and `work` did not say so; ConfigError, before anything is sent, for unknown options
   */
  transaction<Result>(
    work: (client: PoolClient) => Result | Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>;
  /** Generation of the login that new connections use; undefined before the first one. */
  readonly generation: number | undefined;
  /**
   * Waits for connections in use, up to `drainTimeoutMs`, and closes all. The handle stays open: close
   * it, or its lease manager, afterwards. Idempotent.
   */
  end(): Promise<void>;
  end(callback: (error?: Error) => void): void;
  [Symbol.asyncDispose](): Promise<void>;
}
