import * as v from "valibot";

/** Default of `file`, relative to the folder of the config. */
export const defaultFile = ".kinko/store.age";
/** Default of `maxVersions`, the same as that of Vault's KV version 2. */
export const defaultMaxVersions = 10;
/** Default of `lockTimeoutMs`: half of the time that core gives a whole call. */
export const defaultLockTimeoutMs = 5_000;
/** Default of `passphraseEnv`. */
export const defaultPassphraseEnv = "KINKO_PASSPHRASE";

const path = v.pipe(v.string(), v.nonEmpty("must not be empty"));

/** Options of the embedded store. */
export const localOptions = v.strictObject({
  /** The store file. Default `.kinko/store.age`, relative to the folder of the config. */
  file: v.optional(path),
  /** The identity file. Default `kinko/identity.txt` in the user's config folder. */
  identity: v.optional(path),
  /** Public keys (`age1…`) that can open the store beside this identity. */
  recipients: v.optional(
    v.array(
      v.pipe(v.string(), v.regex(/^age1[02-9ac-hj-np-z]{58}$/u, "must be an age1… public key")),
    ),
  ),
  /** A file with one public key per line. Default `recipients.txt` beside the store, if present. */
  recipientsFile: v.optional(path),
  /** The variable that holds the passphrase of the identity file. Default `KINKO_PASSPHRASE`. */
  passphraseEnv: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/u, "must be the name of a variable")),
  ),
  /** A file that holds the passphrase; a line break at its end does not count. */
  passphraseFile: v.optional(path),
  /** How many versions of a secret are kept; the oldest are dropped. Default 10. */
  maxVersions: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
  /** How long to wait for another process that writes, in milliseconds. Default 5,000. */
  lockTimeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(600_000))),
});

/** Options of the embedded store, as the config file has them. */
export type LocalOptions = v.InferOutput<typeof localOptions>;
