import type { EncryptionCapability } from "../capabilities/encryption.js";

/** What both directions need. */
export interface EnvelopeOptions {
  /** The backend that makes and opens data keys: `store.as("encryption")`. */
  readonly encryption: Pick<EncryptionCapability, "dataKey" | "decrypt">;
  /** Context of a derived key. */
  readonly context?: Uint8Array | undefined;
  /**
   * Authenticated with the envelope and not stored in it, such as the name of what it holds: it has
   * to be given again when the envelope is opened.
   */
  readonly associatedData?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How an envelope is made. */
export interface EncryptEnvelopeOptions extends EnvelopeOptions {
  /** Key of the backend that wraps the data key. */
  readonly key: string;
  /** Plaintext bytes of a chunk, from 1 KiB to 16 MiB. Default 256 KiB. */
  readonly chunkBytes?: number | undefined;
}

/** How an envelope is opened. */
export interface DecryptEnvelopeOptions extends EnvelopeOptions {
  /** The only key that is accepted. Default: the one that the envelope names. */
  readonly key?: string | undefined;
}

/** How far a file is. */
export interface EnvelopeProgress {
  /** Bytes of the input that are done. */
  readonly bytes: number;
  /** Undefined for an input that does not tell its length, such as a pipe. */
  readonly totalBytes: number | undefined;
}

/** What is said while a file is worked on. */
export interface EnvelopeFileOptions {
  readonly onProgress?: ((progress: EnvelopeProgress) => void) | undefined;
}
