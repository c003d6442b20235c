import { formatPath } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Instant } from "../runtime/elapsed.js";
import type { Secret } from "../secret/secret.js";
import type { CacheEntry } from "./cache-storage.js";
import type { CacheLimits } from "./cache-limits.js";

/** A cached secret with its fields, and the limits that held when it was read. */
export class CachedSecret implements CacheEntry {
  readonly key: string;
  readonly path: string;
  /** The whole secret, in the version that was asked for. */
  readonly ref: SecretRef;
  readonly secret: Secret;
  readonly bytes: number;
  readonly readAt: Instant;
  readonly ttlMs: number;
  /** Age from which it is not served at all. */
  readonly limitMs: number;
  /** Texts of references that lead to it or its fields, to be forgotten with it. */
  readonly texts: string[] = [];
  /** True when a write may have changed it: it is stale whatever its age. */
  isSuspect = false;
  /** True once a read has asked for a newer one ahead of time. */
  isRefreshing = false;
  /** When its use was last told to the storage, on the wall clock. */
  usedMs = Number.NaN;
  readonly #fields = new Map<string, Secret>();

  constructor(key: string, ref: SecretRef, secret: Secret, readAt: Instant, limits: CacheLimits) {
    this.key = key;
    this.ref = ref;
    this.path = formatPath(ref.path);
    this.secret = secret;
    this.bytes = secret.byteLength + key.length;
    this.readAt = readAt;
    const validMs = (secret.metadata?.expiresAt?.getTime() ?? Infinity) - readAt.wallMs;
    this.ttlMs = Math.min(limits.ttlMs, validMs);
    this.limitMs = Math.min(limits.ttlMs + limits.maxStaleMs, validMs);
  }

  /**
   * The secret or one of its fields, which belong to this entry: readers get copies.
   * @throws NotFoundError when there is no such field
   */
  part(field: string | undefined): Secret {
    if (field === undefined) return this.secret;
    let found = this.#fields.get(field);
    if (found === undefined) {
      found = this.secret.field(field);
      this.#fields.set(field, found);
    }
    return found;
  }

  /** Lets go of the bytes of the secret and of its fields. */
  erase(): void {
    this.secret.dispose();
    for (const field of this.#fields.values()) field.dispose();
  }
}
