import type { SecretErrorCode } from "@kinko/core";

/** What a message of the transit engine means. */
export interface TransitMeaning {
  readonly pattern: RegExp;
  readonly code: SecretErrorCode;
  readonly reason: string;
  /** Argument that caused it. */
  readonly field: string | undefined;
  readonly what: string;
  readonly advice: string;
}

const checkKey = "List the keys, and check the name and the mount.";

/** Sent as type of a key that encryption would make by itself: Vault then says that it does not know it. */
export const noSuchType = "must-exist";

/**
 * Messages of Vault 1.21's transit engine, in the order in which they are looked for. They are
 * compared and never shown.
 */
export const transitMeanings: readonly TransitMeaning[] = [
  {
    pattern: /no handler for route|unsupported path/u,
    code: "Config",
    reason: "mount-not-found",
    field: "mount",
    what: "Vault has no transit engine mounted there.",
    advice: "Check the option transit.mount (and namespace), or mount it with enable().",
  },
  {
    pattern:
      /unknown key type must-exist|key not found|no existing key named|invalid key name|could not delete key; not found|key ".*" not found/u,
    code: "NotFound",
    reason: "key-not-found",
    field: "key",
    what: "Vault has no key of this name.",
    advice: checkKey,
  },
  {
    pattern: /message authentication failed|decryption error|failed to RSA decrypt/u,
    code: "Corrupt",
    reason: "not-authentic",
    field: "ciphertext",
    what: "The ciphertext was not made by this key with this context and associated data, or was changed.",
    advice: "Check key, context and associated data; nothing else opens it.",
  },
  {
    pattern: /version is too new/u,
    code: "VersionNotFound",
    reason: "key-version-too-new",
    field: "ciphertext",
    what: "The ciphertext or signature names a version of the key that there is not.",
    advice: "Check the name of the key: it may belong to another one, or to another Vault.",
  },
  {
    pattern: /disallowed by policy \(too old\)/u,
    code: "Disabled",
    reason: "key-version-too-old",
    field: "ciphertext",
    what: "The version of the key that made it is below min_decryption_version.",
    advice: "Lower minDecryptionVersion of the key, rewrap, and raise it again.",
  },
  {
    pattern: /no such key version|higher than the latest key version/u,
    code: "VersionNotFound",
    reason: "key-version-not-found",
    field: "keyVersion",
    what: "The key has no such version, or not any more.",
    advice: "Leave keyVersion out to use the newest.",
  },
  {
    pattern: /less than the minimum (?:encryption|signing) key version/u,
    code: "Disabled",
    reason: "key-version-too-old",
    field: "keyVersion",
    what: "This version of the key is below min_encryption_version.",
    advice: "Leave keyVersion out to use the newest.",
  },
  {
    pattern: /missing 'context'|context should be set/u,
    code: "InvalidValue",
    reason: "context-required",
    field: "context",
    what: "The key is derived, so each call needs a context.",
    advice: "Pass the context that the data belongs to.",
  },
  {
    pattern: /associated_?data|associated data/iu,
    code: "Unsupported",
    reason: "no-associated-data",
    field: "associatedData",
    what: "Keys of this type take no associated data.",
    advice: "Use a key of type aes256-gcm96 or chacha20-poly1305.",
  },
  {
    pattern: /message too long for RSA/u,
    code: "TooLarge",
    reason: "plaintext-too-large-for-key",
    field: "plaintext",
    what: "An RSA key encrypts less than its own length.",
    advice:
      "Encrypt a data key with it, and the data with that; or use a key of type aes256-gcm96.",
  },
  {
    pattern: /enterprise/iu,
    code: "Unsupported",
    reason: "enterprise-only",
    field: "type",
    what: "Open-source Vault does not make keys of this type.",
    advice: "Choose another type.",
  },
  {
    pattern: /unknown key type|key_size|invalid parameter set|invalid config for hybrid/u,
    code: "InvalidValue",
    reason: "invalid-key-type",
    field: "type",
    what: "Vault does not know this type of key, or not with this size.",
    advice: "Choose one of the types in the documentation; only hmac keys have a size.",
  },
  {
    pattern:
      /not supported for (?:the )?key|does not support|(?:derivation|convergent encryption) (?:is )?not supported|key derivation and convergent encryption not supported/u,
    code: "Unsupported",
    reason: "key-type-cannot",
    field: "key",
    what: "A key of this type cannot do that.",
    advice: "Choose a key whose type can; readKey tells what each supports.",
  },
  {
    pattern: /convergent encryption requires derivation/u,
    code: "InvalidValue",
    reason: "convergent-needs-derived",
    field: "convergent",
    what: "Convergent encryption needs a derived key.",
    advice: "Set derived as well.",
  },
  {
    pattern: /invalid (?:signature|HMAC)|base64 signature|invalid HMAC to verify/u,
    code: "InvalidValue",
    reason: "malformed-signature",
    field: "signature",
    what: "This is no signature or MAC of Vault.",
    advice: "It begins vault:v1: and is base64, as sign and hmac return it.",
  },
  {
    pattern: /must be hashed message|input must be hashed|invalid message digest|hash length/u,
    code: "InvalidValue",
    reason: "wrong-hash-length",
    field: "input",
    what: "The input is not a hash of the named function.",
    advice: "Pass the hash itself and name its function, or leave prehashed out.",
  },
  {
    pattern: /invalid hash algorithm|unsupported algorithm|unsupported hash/u,
    code: "InvalidValue",
    reason: "invalid-hash",
    field: "hash",
    what: "Vault does not know this hash function here.",
    advice: "Choose one such as sha2-256.",
  },
  {
    pattern: /invalid ciphertext|no prefix/u,
    code: "InvalidValue",
    reason: "malformed-ciphertext",
    field: "ciphertext",
    what: "This is no ciphertext of Vault.",
    advice: "It begins vault:v1: and is whole base64.",
  },
  {
    pattern: /illegal base64|unable to decode input|failed to base64-decode/u,
    code: "InvalidValue",
    reason: "malformed-base64",
    field: "input",
    what: "Vault cannot read the input as base64.",
    advice: "Look at what is between this process and Vault; it changed the request.",
  },
  {
    pattern: /deletion is not allowed/u,
    code: "Disabled",
    reason: "deletion-not-allowed",
    field: "key",
    what: "The key is protected from deletion.",
    advice: "Set deletionAllowed in its config first, if all that it has encrypted may be lost.",
  },
  {
    pattern: /not exportable|exporting is disallowed|export is disabled/u,
    code: "Disabled",
    reason: "not-exportable",
    field: "key",
    what: "The key never leaves Vault.",
    advice: "A key is made exportable by its config, and cannot be made safe again.",
  },
  {
    pattern: /plaintext backup is disallowed/u,
    code: "Disabled",
    reason: "backup-not-allowed",
    field: "key",
    what: "The key allows no backup in plaintext.",
    advice: "allowPlaintextBackup in its config allows it, and cannot be taken back.",
  },
  {
    pattern: /key .* already exists|already exists/u,
    code: "AlreadyExists",
    reason: "key-exists",
    field: "key",
    what: "There is a key of this name already.",
    advice: "Choose another name, or force it if the present key may be lost.",
  },
  {
    pattern: /auto rotate period/u,
    code: "InvalidValue",
    reason: "auto-rotate-period",
    field: "autoRotatePeriodSeconds",
    what: "Vault rotates keys by itself every hour at most.",
    advice: "Set 3600 or more, or 0 to switch it off.",
  },
  {
    pattern: /min(?:imum)? (?:available|decryption|encryption) version|min_available_version/u,
    code: "InvalidValue",
    reason: "key-version-order",
    field: "version",
    what: "The versions of the key do not allow this.",
    advice:
      "They must keep this order: available <= decryption <= encryption <= newest; trimming needs both others to be set.",
  },
  {
    pattern: /should be less than|invalid bit length/u,
    code: "InvalidValue",
    reason: "invalid-length",
    field: "bytes",
    what: "Vault does not make that many bytes.",
    advice: "Ask for fewer.",
  },
  {
    pattern: /JSON string value exceeds|JSON array exceeds|request body too large|too large/u,
    code: "TooLarge",
    reason: "too-large-for-vault",
    field: "plaintext",
    what: "Vault does not take a request of this size.",
    advice: "Encrypt large data with a data key, see @kinko/core/envelope.",
  },
];
