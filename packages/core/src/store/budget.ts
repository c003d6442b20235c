import type { Clock } from "../runtime/clock.js";
import type { StoreCallOptions } from "./secret-store.js";

/** Options of one request out of several that share the time of a call. */
export interface BudgetedOptions extends StoreCallOptions {
  /** The time that the caller allowed for all of them, in milliseconds. */
  readonly totalMs: number;
}

/**
 * Shares the total time of a call among its requests: each one gets what the earlier ones left,
 * so that ten slow requests cannot take ten times as long as the caller allowed.
 */
export function createBudget(
  options: StoreCallOptions,
  clock: Clock,
  defaultMs: number,
): () => BudgetedOptions {
  const totalMs = options.timeoutMs ?? defaultMs;
  const endsAtMs = clock.monotonicMs() + totalMs;
  return () => ({
    signal: options.signal,
    timeoutMs: Math.max(Math.ceil(endsAtMs - clock.monotonicMs()), 0),
    totalMs,
  });
}
