import type { SecretKind, SecretMetadata } from "../secret/secret.js";

/** A cached secret as it is kept between two runs of a process. */
export interface SavedSecret {
  /** Text form of path and version, such as `prod/app/db@3`. */
  readonly key: string;
  /** When the request began that brought it, in milliseconds since 1970. */
  readonly readAtMs: number;
  readonly kind: SecretKind;
  /** The value, in a buffer of its own, which whoever gets it zeroes. */
  readonly bytes: Buffer;
  readonly metadata: SecretMetadata;
}

/**
 * Where a cache keeps its secrets for a restart during an outage. How old they may be, and what a
 * refusal takes away, is decided outside of it; an implementation MUST NOT keep a value in the clear.
 */
export interface CacheFallback {
  /**
   * What was saved last for a store of this name; nothing when there is nothing.
   * @throws CorruptError for what it did not write, or somebody changed
   */
  load(store: string): Promise<readonly SavedSecret[]>;
  /** Replaces all of it, as a whole or not at all, and zeroes the bytes. */
  save(store: string, secrets: readonly SavedSecret[]): Promise<void>;
}
