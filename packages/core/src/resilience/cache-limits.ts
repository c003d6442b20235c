import { parsePrefix } from "../refs/parse-ref.js";
import type { SecretPath } from "../refs/ref.js";
import { cacheDefaults, type CacheOptions } from "./options.js";

/** How long a value may be served. */
export interface CacheLimits {
  readonly ttlMs: number;
  /** Beyond `ttlMs`. */
  readonly maxStaleMs: number;
}

/** The limits of each path: those of the longest prefix of whole segments, else the cache's own. */
export function createCacheLimits(options: CacheOptions): (path: SecretPath) => CacheLimits {
  const own = {
    ttlMs: (options.ttlSeconds ?? cacheDefaults.ttlSeconds) * 1_000,
    maxStaleMs: (options.maxStaleSeconds ?? cacheDefaults.maxStaleSeconds) * 1_000,
  };
  const paths = (options.paths ?? [])
    .map(({ prefix, ttlSeconds, maxStaleSeconds }) => ({
      prefix: parsePrefix(prefix),
      limits: {
        ttlMs: ttlSeconds === undefined ? own.ttlMs : ttlSeconds * 1_000,
        maxStaleMs: maxStaleSeconds === undefined ? own.maxStaleMs : maxStaleSeconds * 1_000,
      },
    }))
    .sort((left, right) => right.prefix.length - left.prefix.length);
  if (paths.length === 0) return () => own;
  return (path) =>
    paths.find(({ prefix }) => prefix.every((segment, index) => segment === path[index]))?.limits ??
    own;
}
