import type { SecretErrorCode } from "@kinko/core";

/**
 * Exit code of every class of failure. They are part of the interface: scripts branch on them, so a
 * number never changes its meaning. Left out on purpose: 64–78 (sysexits.h), 126–165 (shells use
 * them for commands that did not start or died by a signal) and 255.
 */
export const exitCodes = {
  Ok: 0,
  Internal: 1,
  Usage: 2,
  NotFound: 3,
  VersionNotFound: 4,
  Deleted: 5,
  Destroyed: 6,
  Disabled: 7,
  AlreadyExists: 8,
  Conflict: 9,
  Unauthenticated: 10,
  PermissionDenied: 11,
  RateLimited: 12,
  Unavailable: 13,
  Sealed: 14,
  Uninitialized: 15,
  ReplicationLag: 16,
  Timeout: 17,
  Aborted: 18,
  InvalidRef: 19,
  InvalidValue: 20,
  TooLarge: 21,
  Unsupported: 22,
  LeaseExpired: 23,
  CircuitOpen: 24,
  Config: 25,
  Corrupt: 26,
  Closed: 27,
  File: 28,
  Declined: 29,
  Degraded: 30,
  Unhealthy: 31,
  Cancelled: 130,
  PipeClosed: 141,
} as const satisfies Record<SecretErrorCode, number> & Record<string, number>;

/** A name in {@link exitCodes}. */
export type ExitName = keyof typeof exitCodes;

/** What each exit code means, for `kinko help exit-codes` and the README. */
export const exitMeanings: Readonly<Record<ExitName, string>> = {
  Ok: "done",
  Internal:
    "something failed that has no code of its own, or a check (doctor, decide --check, policy lint, test, diff --check) found something",
  Usage: "the command line is not valid",
  NotFound: "no such secret or field",
  VersionNotFound: "no such version of the secret",
  Deleted: "the secret or version is soft-deleted",
  Destroyed: "the version was destroyed for good",
  Disabled: "the version is switched off",
  AlreadyExists: "it exists already",
  Conflict: "the secret changed since the expected version",
  Unauthenticated: "credentials are missing or not accepted",
  PermissionDenied: "the credentials do not allow this",
  RateLimited: "the store asks for fewer requests",
  Unavailable: "the store cannot be reached",
  Sealed: "the server is sealed",
  Uninitialized: "the store has not been initialised",
  ReplicationLag: "the server has not received the newest write yet",
  Timeout: "the store did not answer in time",
  Aborted: "the call was cancelled",
  InvalidRef: "the reference or name is not valid",
  InvalidValue: "the value cannot be stored or read as asked",
  TooLarge: "the value is larger than the store accepts",
  Unsupported: "the store cannot do that",
  LeaseExpired: "the lease of the credential has ended",
  CircuitOpen: "the store failed repeatedly and calls are paused",
  Config: "the configuration is wrong",
  Corrupt: "stored data fails its integrity check",
  Closed: "the store was closed",
  File: "a file named on the command line cannot be read or written",
  Declined: "a confirmation was answered with no, or could not be asked for",
  Degraded: "health: the store serves, but not fully",
  Unhealthy: "health: the store cannot serve, for a reason without a code",
  Cancelled: "interrupted (Ctrl-C)",
  PipeClosed: "the reader of the output went away",
};

/** Lines of the table, in the order of the numbers. */
export function exitCodeRows(): readonly { code: number; name: ExitName; meaning: string }[] {
  return (Object.keys(exitCodes) as ExitName[])
    .map((name) => ({ code: exitCodes[name], name, meaning: exitMeanings[name] }))
    .sort((left, right) => left.code - right.code);
}
