import type { Secret } from "../secret/secret.js";
import type { Instant } from "../runtime/elapsed.js";

/** A whole secret as the cache keeps it. */
export interface CacheEntry {
  /** Text form of path and version, such as `prod/app/db@3`. */
  readonly key: string;
  /** Text form of the path alone. */
  readonly path: string;
  /** The cache's own hold on the value; readers get holds of their own. */
  readonly secret: Secret;
  readonly bytes: number;
  /** When the request began that brought it. */
  readonly readAt: Instant;
}

/**
 * Where a cache keeps its entries; everything that is promised of age, staleness and revocation
 * is decided outside of it. An implementation MUST return only what was set under that key and not
 * deleted since, and MAY drop entries at any time. It MUST NOT dispose of secrets itself: for
 * every entry that leaves by its own decision it calls `onEvict` once.
 */
export interface CacheStorage {
  /** Also marks the entry as used. */
  get(key: string): CacheEntry | undefined;
  set(key: string, entry: CacheEntry): void;
  delete(key: string): void;
  entries(): Iterable<CacheEntry>;
  /** Told once, by the cache that uses the storage. */
  onEvict(listener: (entry: CacheEntry) => void): void;
}
