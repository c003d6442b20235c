import type { SecretError } from "../errors/secret-error.js";
import { mayRetry } from "./failure-classes.js";

/** An attempt that failed. */
export interface FailedAttempt {
  readonly operation: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly error: SecretError;
}

/**
 * Decides whether and when an attempt is made again. A policy of one's own MUST NOT repeat a
 * write that may have been carried out.
 */
export interface RetryPolicy {
  /** Wait before the next attempt in milliseconds, or undefined for none. */
  delayMs(failed: FailedAttempt): number | undefined;
}

/** Options of the built-in retry policy. */
export interface RetryOptions {
  /** Attempts after the first one. Default 3. */
  readonly maxRetries?: number | undefined;
  /** First wait in seconds; each later one is twice as long. Default 1. */
  readonly firstDelaySeconds?: number | undefined;
  /** Longest wait in seconds; a server that asks for a longer one gets it. Default 30. */
  readonly maxDelaySeconds?: number | undefined;
  /** How much a wait may be shorter or longer, as a share of it. Default 0.1. */
  readonly jitterRatio?: number | undefined;
}

/** Defaults of {@link RetryOptions}. */
export const retryDefaults = {
  maxRetries: 3,
  firstDelaySeconds: 1,
  maxDelaySeconds: 30,
  jitterRatio: 0.1,
} as const;

/**
 * The built-in policy: waits of 1, 2 and 4 s ±10 %, never shorter than the server asked for
 * (`Retry-After`).
 */
export function createRetryPolicy(
  options: RetryOptions = {},
  random: () => number = Math.random,
): RetryPolicy {
  const maxRetries = options.maxRetries ?? retryDefaults.maxRetries;
  const firstMs = (options.firstDelaySeconds ?? retryDefaults.firstDelaySeconds) * 1_000;
  const maxMs = (options.maxDelaySeconds ?? retryDefaults.maxDelaySeconds) * 1_000;
  const jitterRatio = options.jitterRatio ?? retryDefaults.jitterRatio;
  return {
    delayMs({ operation, attempt, error }) {
      if (attempt > maxRetries || !mayRetry(operation, error)) return undefined;
      const plainMs = Math.min(firstMs * 2 ** (attempt - 1), maxMs);
      const jitteredMs = plainMs * (1 + jitterRatio * (2 * random() - 1));
      return Math.max(jitteredMs, error.retryAfterMs ?? 0);
    },
  };
}
