import type { SecretError } from "../errors/secret-error.js";
import type { Secret } from "../secret/secret.js";

/** What goes into encryption, signatures and MACs. Bytes are only read, never kept or changed. */
export type CryptoInput = Secret | Uint8Array;

/** Options of every call of an encryption or signing service. */
export interface CryptoCallOptions {
  /** Cancels the call: it fails with Aborted, at once; others that share its request go on. */
  readonly signal?: AbortSignal | undefined;
  /** Total time of this call in milliseconds. Default: the provider's, 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** What has to be the same again when a ciphertext is opened. It is not secret and not stored. */
export interface CryptoBinding {
  /**
   * What a derived key is made from, such as the id of a tenant. Keys that are not derived take
   * none; backends without derivation fail with Unsupported.
   */
  readonly context?: Uint8Array | undefined;
  /** Authenticated beside the plaintext, such as the id of the row that the ciphertext is in. */
  readonly associatedData?: Uint8Array | undefined;
}

/** Options of `encrypt`. */
export interface EncryptOptions extends CryptoCallOptions, CryptoBinding {
  /** Version of the key. Default: the newest. */
  readonly keyVersion?: string | undefined;
}

/** Options of `decrypt` and `rewrap`. */
export type DecryptOptions = CryptoCallOptions & CryptoBinding;

/** One item of `encryptMany`. */
export interface EncryptItem extends CryptoBinding {
  readonly plaintext: CryptoInput;
}

/** One item of `decryptMany` and `rewrapMany`. */
export interface DecryptItem extends CryptoBinding {
  readonly ciphertext: string;
}

/** What became of one item: a failure of one is a result and never that of its neighbours. */
export type CryptoOutcome<Value> = { readonly value: Value } | { readonly error: SecretError };

/** Options of `dataKey`. */
export interface DataKeyOptions extends CryptoCallOptions {
  readonly context?: Uint8Array | undefined;
  /** Length of the key in bits. Default 256. */
  readonly bits?: 128 | 256 | 512 | undefined;
}

/** A key for use in this process, and the same encrypted for storage beside what it encrypts. */
export interface DataKey {
  /** Opaque ciphertext; `decrypt` opens it. */
  readonly wrapped: string;
  /** The key itself, of kind binary. The receiver disposes it. */
  readonly plaintext: Secret;
}

/**
 * Encryption with keys that never leave the backend. Ciphertexts are opaque text: they say which
 * version of the key they were made with, and hold nothing of the plaintext but its length.
 *
 * Every failure is a SecretError whose `field` names the argument that caused it.
 */
export interface EncryptionCapability {
  /**
   * Encrypts bytes. Calls that are made at the same time MAY share a request.
   * @throws NotFoundError for an unknown key, which is never made on the way; UnsupportedError when
   * the key cannot encrypt; TooLargeError
   */
  encrypt(key: string, plaintext: CryptoInput, options?: EncryptOptions): Promise<string>;
  /**
   * Opens a ciphertext; the result is of kind binary, and the receiver disposes it.
   * @throws InvalidValueError for what is no ciphertext, CorruptError for one of another key, with
   * another context, or changed; DisabledError or DestroyedError when the version of the key is not
   * to be used any more
   */
  decrypt(key: string, ciphertext: string, options?: DecryptOptions): Promise<Secret>;
  /** Encrypts with the newest version of the key what an older one has encrypted, in the backend. */
  rewrap(key: string, ciphertext: string, options?: DecryptOptions): Promise<string>;
  /** Encrypts many in few requests; one result per item, in order. */
  encryptMany(
    key: string,
    items: readonly EncryptItem[],
    options?: CryptoCallOptions & Pick<EncryptOptions, "keyVersion">,
  ): Promise<readonly CryptoOutcome<string>[]>;
  /** Opens many in few requests; one result per item, in order. */
  decryptMany(
    key: string,
    items: readonly DecryptItem[],
    options?: CryptoCallOptions,
  ): Promise<readonly CryptoOutcome<Secret>[]>;
  /** Rewraps many in few requests; one result per item, in order. */
  rewrapMany(
    key: string,
    items: readonly DecryptItem[],
    options?: CryptoCallOptions,
  ): Promise<readonly CryptoOutcome<string>[]>;
  /** Makes a data key, for envelope encryption of what is too large to send. */
  dataKey(key: string, options?: DataKeyOptions): Promise<DataKey>;
  /** Random bytes from the backend's source, of kind binary. */
  random(byteLength: number, options?: CryptoCallOptions): Promise<Secret>;
}
