import { parseRef } from "../refs/parse-ref.js";
import { formatPath } from "../refs/format-ref.js";
import { Secret } from "../secret/secret.js";
import type { AgeClock } from "./age-clock.js";
import type { SavedSecret } from "./cache-fallback.js";
import type { CacheLimits } from "./cache-limits.js";
import { CachedSecret } from "./cached-secret.js";

/**
 * A saved secret as a cache entry that only an outage is served from; undefined when it is too old,
 * or when the clock was set back so that its age is not known. Zeroes the bytes.
 */
export function restoreSaved(
  saved: SavedSecret,
  ages: AgeClock,
  limitsOf: (path: readonly string[]) => CacheLimits,
): CachedSecret | undefined {
  const { key, readAtMs, kind, bytes, metadata } = saved;
  try {
    const ref = parseRef(key);
    const now = ages.instant();
    const ageMs = now.wallMs - readAtMs;
    if (!(ageMs >= 0) || metadata.path !== formatPath(ref.path)) return undefined;
    const secret = Secret.fromBytes(bytes, kind).withMetadata(metadata);
    const readAt = { wallMs: readAtMs, monotonicMs: now.monotonicMs - ageMs };
    const cached = new CachedSecret(key, ref, secret, readAt, limitsOf(ref.path));
    cached.isSuspect = true;
    if (ageMs < cached.limitMs) return cached;
    cached.erase();
    return undefined;
  } catch {
    // Written by another version: a cache may forget.
    return undefined;
  } finally {
    bytes.fill(0);
  }
}

/** A cache entry as it is saved. */
export function toSaved({ key, secret, readAt }: CachedSecret): SavedSecret[] {
  const { metadata, kind } = secret;
  if (metadata === undefined) return [];
  return [{ key, readAtMs: readAt.wallMs, kind, bytes: secret.bytes(), metadata }];
}
