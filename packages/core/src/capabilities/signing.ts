import type { CryptoCallOptions, CryptoInput } from "./encryption.js";

/** Hash functions of signatures and MACs, by the names of FIPS 180-4 and 202. */
export const hashNames = [
  "sha2-224",
  "sha2-256",
  "sha2-384",
  "sha2-512",
  "sha3-224",
  "sha3-256",
  "sha3-384",
  "sha3-512",
] as const;

/** One of {@link hashNames}. */
export type HashName = (typeof hashNames)[number];

/** How a signature is made, and has to be verified. */
export interface SignOptions extends CryptoCallOptions {
  /** What a derived key is made from. */
  readonly context?: Uint8Array | undefined;
  /** Default sha2-256; Ed25519 takes none. */
  readonly hash?: HashName | undefined;
  /** Whether the input is the hash already. Default false. */
  readonly prehashed?: boolean | undefined;
  /** How an ECDSA signature is written: `asn1` (DER, default) or `jws` (RFC 7515). */
  readonly marshaling?: "asn1" | "jws" | undefined;
  /** Padding of RSA signatures. Default pss. */
  readonly padding?: "pss" | "pkcs1v15" | undefined;
  /** Version of the key. Default: the newest; a verification takes it from the signature. */
  readonly keyVersion?: string | undefined;
}

/** How a MAC is made, and has to be verified. */
export interface HmacOptions extends CryptoCallOptions {
  /** Default sha2-256. */
  readonly hash?: HashName | undefined;
  readonly keyVersion?: string | undefined;
}

/** Signatures and MACs with keys that never leave the backend. */
export interface SigningCapability {
  /** @throws NotFoundError for an unknown key, UnsupportedError for one that cannot sign */
  sign(key: string, input: CryptoInput, options?: SignOptions): Promise<string>;
  /**
   * Whether the signature is the key's over this input.
   * @throws InvalidValueError for what is no signature at all
   */
  verify(
    key: string,
    input: CryptoInput,
    signature: string,
    options?: Omit<SignOptions, "keyVersion">,
  ): Promise<boolean>;
  hmac(key: string, input: CryptoInput, options?: HmacOptions): Promise<string>;
  /** Whether the MAC is the key's over this input, compared in constant time by the backend. */
  verifyHmac(
    key: string,
    input: CryptoInput,
    hmac: string,
    options?: Omit<HmacOptions, "keyVersion">,
  ): Promise<boolean>;
}
