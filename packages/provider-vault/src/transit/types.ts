import type {
  CryptoCallOptions,
  CryptoInput,
  DataKeyOptions,
  EncryptionCapability,
  HmacOptions,
  Secret,
  SigningCapability,
} from "@kinko/core";

/** Types of keys that open-source Vault makes. */
export const transitKeyTypes = [
  "aes128-gcm96",
  "aes256-gcm96",
  "chacha20-poly1305",
  "ed25519",
  "ecdsa-p256",
  "ecdsa-p384",
  "ecdsa-p521",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
  "hmac",
] as const;

/** One of {@link transitKeyTypes}. */
export type TransitKeyType = (typeof transitKeyTypes)[number];

/** Settings of a key that can be changed later. */
export interface TransitKeyConfig {
  /** Oldest version that still opens ciphertexts and verifies signatures. */
  readonly minDecryptionVersion?: number | undefined;
  /** Oldest version that may be asked for when encrypting; 0: only the newest. */
  readonly minEncryptionVersion?: number | undefined;
  readonly deletionAllowed?: boolean | undefined;
  /** Allows `exportKey`. It can be switched on, and never off again. */
  readonly exportable?: boolean | undefined;
  /** Allows `backupKey`. It can be switched on, and never off again. */
  readonly allowPlaintextBackup?: boolean | undefined;
  /** Time between rotations by Vault itself, at least 3,600; 0 switches it off. */
  readonly autoRotatePeriodSeconds?: number | undefined;
}

/** How a key is made. */
export interface CreateTransitKeyOptions extends CryptoCallOptions {
  /** Default aes256-gcm96. */
  readonly type?: TransitKeyType | undefined;
  /** A key for each `context`, derived from this one. Default false. */
  readonly derived?: boolean | undefined;
  /** The same plaintext gives the same ciphertext; needs `derived`. Default false. */
  readonly convergent?: boolean | undefined;
  readonly exportable?: boolean | undefined;
  readonly allowPlaintextBackup?: boolean | undefined;
  readonly autoRotatePeriodSeconds?: number | undefined;
  /** Length of a key of type hmac, 32 to 512. Default 32. */
  readonly keySizeBytes?: number | undefined;
}

/** One version of a key. */
export interface TransitKeyVersion {
  readonly version: number;
  readonly createdAt: Date | undefined;
  /** PEM, or base64 for Ed25519; only of asymmetric keys that are not derived. */
  readonly publicKey: string | undefined;
}

/** What Vault tells about a key; nothing of it is secret. */
export interface TransitKey {
  readonly name: string;
  readonly type: string;
  readonly latestVersion: number;
  readonly minDecryptionVersion: number;
  readonly minEncryptionVersion: number;
  /** Older versions were trimmed and are gone. */
  readonly minAvailableVersion: number;
  readonly deletionAllowed: boolean;
  readonly exportable: boolean;
  readonly allowPlaintextBackup: boolean;
  readonly derived: boolean;
  readonly convergent: boolean;
  readonly imported: boolean;
  readonly autoRotatePeriodSeconds: number;
  readonly supports: {
    readonly encryption: boolean;
    readonly decryption: boolean;
    readonly signing: boolean;
    readonly derivation: boolean;
  };
  /** Versions that still open ciphertexts, oldest first. */
  readonly versions: readonly TransitKeyVersion[];
}

/** Which half or use of a key is exported. */
export type TransitExport = "encryption-key" | "signing-key" | "hmac-key" | "public-key";

/** What `rewrapFile` reads and writes. */
export interface RewrapFileOptions {
  readonly key: string;
  /** File of ciphertexts, one a line. */
  readonly input: string;
  /** Where the new ciphertexts go, in the same order; it may be the input itself. */
  readonly output: string;
  /** Context of derived keys, the same for all lines. */
  readonly context?: Uint8Array | undefined;
  readonly associatedData?: Uint8Array | undefined;
  /**
   * `stop` (default): a line that cannot be rewrapped fails the whole, and nothing is delivered.
   * `keep`: it stays as it is, and the report names it.
   */
  readonly onBadLine?: "stop" | "keep" | undefined;
  /** Lines in a request. Default 1,000. */
  readonly batchLines?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch that is safely on disk. */
  readonly onProgress?: ((progress: RewrapProgress) => void) | undefined;
}

/** How far `rewrapFile` is. */
export interface RewrapProgress {
  readonly lines: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What `rewrapFile` has done. */
export interface RewrapReport {
  /** Lines in the output, those of an earlier run that was interrupted included. */
  readonly lines: number;
  /** Lines that an earlier run had done already. */
  readonly resumedLines: number;
  /** Lines by the version of the key that they are encrypted with now. */
  readonly versions: Readonly<Record<string, number>>;
  /** Lines that stayed as they were, with the reason; at most the first 100. */
  readonly failures: readonly { readonly line: number; readonly reason: string }[];
  readonly failedLines: number;
}

/** Vault's transit engine: {@link EncryptionCapability}, {@link SigningCapability}, and its keys. */
export interface TransitCapability extends EncryptionCapability, SigningCapability {
  /** The same for an engine at another path; its errors do not name the store. */
  at(mount: string): TransitCapability;
  /** Mounts the engine; `created` is false when it is there already. @throws AlreadyExistsError for another engine */
  enable(options?: CryptoCallOptions): Promise<{ readonly created: boolean }>;
  /** @throws AlreadyExistsError; Vault itself would say done, and change nothing */
  createKey(key: string, options?: CreateTransitKeyOptions): Promise<TransitKey>;
  /** @throws NotFoundError */
  readKey(key: string, options?: CryptoCallOptions): Promise<TransitKey>;
  /** Names of all keys. */
  listKeys(options?: CryptoCallOptions): Promise<readonly string[]>;
  configureKey(
    key: string,
    config: TransitKeyConfig,
    options?: CryptoCallOptions,
  ): Promise<TransitKey>;
  /** Makes a new version, which encrypts from now on. */
  rotateKey(key: string, options?: CryptoCallOptions): Promise<TransitKey>;
  /**
   * Destroys all versions before this one, and with them what they have encrypted. Vault wants
   * `minDecryptionVersion` and `minEncryptionVersion` to be set to it, or beyond, before.
   */
  trimKey(
    key: string,
    minAvailableVersion: number,
    options?: CryptoCallOptions,
  ): Promise<TransitKey>;
  /** Destroys a key, and with it all that it has encrypted. @throws DisabledError unless allowed in its config */
  deleteKey(key: string, options?: CryptoCallOptions): Promise<void>;
  /** Key material by version. @throws DisabledError for a key that is not exportable */
  exportKey(
    key: string,
    kind: TransitExport,
    options?: CryptoCallOptions & { readonly version?: number | "latest" | undefined },
  ): Promise<ReadonlyMap<number, Secret>>;
  /** The whole key in plaintext, for `restoreKey`. @throws DisabledError unless allowed in its config */
  backupKey(key: string, options?: CryptoCallOptions): Promise<Secret>;
  /** @throws AlreadyExistsError without `force` */
  restoreKey(
    key: string,
    backup: Secret,
    options?: CryptoCallOptions & { readonly force?: boolean | undefined },
  ): Promise<void>;
  /** A data key that only who may decrypt gets to see. */
  wrappedDataKey(key: string, options?: DataKeyOptions): Promise<string>;
  /** Hash by Vault, needs no key. */
  hash(
    input: CryptoInput,
    options?: CryptoCallOptions & Pick<HmacOptions, "hash">,
  ): Promise<Buffer>;
  /**
   * Rewraps a file of ciphertexts in batches. Killed at any moment it goes on where it was when it
   * is called again: beside the output lie the part that is done and a journal without values.
   *
   * @throws ConflictError `rewrap-running` while another run makes the same output, and
   * `input-changed`
   */
  rewrapFile(options: RewrapFileOptions): Promise<RewrapReport>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    transit: TransitCapability;
  }
}
