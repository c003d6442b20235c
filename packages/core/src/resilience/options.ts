import type { BreakerOptions, CircuitBreaker } from "./breaker.js";
import type { CacheFallback } from "./cache-fallback.js";
import type { CacheStorage } from "./cache-storage.js";
import type { RetryOptions, RetryPolicy } from "./retry-policy.js";

/** Other limits for everything at and beneath a path. */
export interface CachePathOptions {
  /** Whole segments, such as `prod/payments`; the longest one that matches counts. */
  readonly prefix: string;
  readonly ttlSeconds?: number | undefined;
  readonly maxStaleSeconds?: number | undefined;
}

/** Options of the cache of reads. */
export interface CacheOptions {
  /** How long a value is served without asking the store, in seconds. Default 60. */
  readonly ttlSeconds?: number | undefined;
  /**
   * How much longer it is served while the store cannot answer, in seconds, marked `stale` in its
   * metadata. 0 for never. Default 3,600.
   */
  readonly maxStaleSeconds?: number | undefined;
  /**
   * A read after this share of the time to live asks the store in the background, so that values in
   * use do not run out. 1 for never. Default 0.8.
   */
  readonly refreshAheadRatio?: number | undefined;
  /**
   * How long a read waits for a store that does not answer, when it has a stale value to serve
   * instead, in seconds. Default 1.
   */
  readonly staleWaitSeconds?: number | undefined;
  /** Secrets that are kept. Default 1,000. */
  readonly maxEntries?: number | undefined;
  /** Bytes of values that are kept. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  readonly paths?: readonly CachePathOptions[] | undefined;
  /**
   * Keeps values for a restart during an outage, such as `createFileFallback` of
   * `@kinko/core/fallback`. They are served only while the store cannot answer, marked `stale`, and
   * no longer than any other. Default: nothing outlives the process.
   */
  readonly fallback?: CacheFallback | undefined;
  /** Where entries are kept. Default: in this process, the least recently used go first. */
  readonly storage?: CacheStorage | undefined;
}

/** Defaults of {@link CacheOptions}. */
export const cacheDefaults = {
  ttlSeconds: 60,
  maxStaleSeconds: 3_600,
  refreshAheadRatio: 0.8,
  staleWaitSeconds: 1,
  maxEntries: 1_000,
  maxBytes: 16 * 1024 * 1024,
} as const;

/** What guards the calls of a store. Each part can be set, replaced by one's own, or left out. */
export interface ResilienceOptions {
  /** Default: four attempts at 0, 1, 3 and 7 s. */
  readonly retry?: RetryOptions | RetryPolicy | false | undefined;
  /** Default: opens after 5 failed attempts in a row, for 30 s. */
  readonly breaker?: BreakerOptions | CircuitBreaker | false | undefined;
  /** Default: on in `openStore`, off in `createStore`; `{}` turns it on with its defaults. */
  readonly cache?: CacheOptions | false | undefined;
}
