import type { ResilienceOptions } from "../resilience/options.js";
import type { Clock } from "../runtime/clock.js";
import type { Logger } from "../runtime/logger.js";

/** How a store behaves, whatever its provider. */
export interface PortableStoreOptions {
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** Total time of a call in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Retry, circuit breaker and cache; `false` for none of them, or part by part such as
   * `{ retry: false, cache: {} }`. Default: retry and breaker on, cache off.
   */
  readonly resilience?: ResilienceOptions | false | undefined;
  /** Source of jitter, from 0 to below 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Default of `timeoutMs`. */
export const defaultTimeoutMs = 10_000;
