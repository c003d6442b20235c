/**
 * Every failure that Kinko reports, as one word. The code says what kind of failure it is;
 * {@link SecretErrorDetails.reason} tells apart failures that share a code.
 *
 * `Corrupt` stands for data that fails its own integrity check (a damaged store file, a checksum
 * that does not match, a truncated answer), which no other code describes without misleading.
 */
export const errorCodes = [
  "NotFound",
  "VersionNotFound",
  "Deleted",
  "Destroyed",
  "Disabled",
  "AlreadyExists",
  "Conflict",
  "Unauthenticated",
  "PermissionDenied",
  "RateLimited",
  "Unavailable",
  "Sealed",
  "Uninitialized",
  "ReplicationLag",
  "Timeout",
  "Aborted",
  "InvalidRef",
  "InvalidValue",
  "TooLarge",
  "Unsupported",
  "LeaseExpired",
  "CircuitOpen",
  "Config",
  "Corrupt",
  "Closed",
  "Internal",
] as const;

/** One of {@link errorCodes}. */
export type SecretErrorCode = (typeof errorCodes)[number];

const retryableCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "RateLimited",
  "Unavailable",
  "Sealed",
  "ReplicationLag",
  "Timeout",
]);

/** Whether a failure with this code may go away by itself, so that the same call can succeed later. */
export function isRetryableCode(code: SecretErrorCode): boolean {
  return retryableCodes.has(code);
}

/** What each code means and what to do about it, for drivers that add no words of their own. */
export const defaultMessages: Readonly<
  Record<SecretErrorCode, { readonly what: string; readonly advice: string }>
> = {
  NotFound: {
    what: "There is no secret with this name.",
    advice: "Check the spelling, or list the names beside it.",
  },
  VersionNotFound: {
    what: "The secret has no such version.",
    advice: "List its versions to see which ones exist.",
  },
  Deleted: {
    what: "The secret was deleted, and can still be brought back.",
    advice: "Undelete it, or write a new version.",
  },
  Destroyed: {
    what: "This version was destroyed for good.",
    advice: "Read another version, or write a new one.",
  },
  Disabled: {
    what: "This version is disabled.",
    advice: "Enable it, or read an enabled version.",
  },
  AlreadyExists: {
    what: "A secret with this name exists already.",
    advice: "Choose another name, or write with the version that you expect.",
  },
  Conflict: {
    what: "The secret changed since the version that you expected.",
    advice: "Read it again, and repeat the change on the newest version.",
  },
  Unauthenticated: {
    what: "The store did not accept the credentials.",
    advice: "Check that they are present, current and meant for this store.",
  },
  PermissionDenied: {
    what: "The credentials are valid, but do not allow this.",
    advice: "Ask for a policy that grants this operation on this name.",
  },
  RateLimited: {
    what: "The store asks for fewer requests.",
    advice: "Wait and try again, or lower the concurrency.",
  },
  Unavailable: {
    what: "The store cannot be reached.",
    advice: "Check its address, that it runs, and the network between.",
  },
  Sealed: {
    what: "The server is sealed and cannot read its own data.",
    advice: "Unseal it, then try again.",
  },
  Uninitialized: {
    what: "The store has not been initialised.",
    advice: "Initialise it first.",
  },
  ReplicationLag: {
    what: "This server has not yet received the newest write.",
    advice: "Try again in a moment.",
  },
  Timeout: {
    what: "The store did not answer in time.",
    advice: "Try again, or allow more time with timeoutMs.",
  },
  Aborted: {
    what: "The call was cancelled.",
    advice: "Nothing is to be done; the caller asked for it.",
  },
  InvalidRef: {
    what: "This is not a valid reference to a secret.",
    advice: "Write it as path/to/secret, path/to/secret#field or path/to/secret@version.",
  },
  InvalidValue: {
    what: "This value cannot be stored or read as asked.",
    advice: "Check the kind of the value: text, json or binary.",
  },
  TooLarge: {
    what: "The value is larger than the store accepts.",
    advice: "Store a smaller value, or encrypt the data elsewhere and keep only its key here.",
  },
  Unsupported: {
    what: "This store cannot do that.",
    advice: "Use another store, or do without.",
  },
  LeaseExpired: {
    what: "The lease of this credential has ended.",
    advice: "Request a new credential.",
  },
  CircuitOpen: {
    what: "The store failed repeatedly, so calls to it are paused.",
    advice: "Wait for it to recover; calls resume by themselves.",
  },
  Config: {
    what: "The configuration is not usable.",
    advice: "Correct the setting that is named here.",
  },
  Corrupt: {
    what: "The stored data fails its integrity check.",
    advice: "Restore it from a backup; nothing was changed.",
  },
  Closed: {
    what: "This was closed and can no longer be used.",
    advice: "Open a new one.",
  },
  Internal: {
    what: "The store failed in a way that Kinko does not know.",
    advice: "Look into the log of the store; report it if it comes again.",
  },
};
