import type { SecretErrorCode } from "../errors/codes.js";
import type { SecretError } from "../errors/secret-error.js";

const readOperations: ReadonlySet<string> = new Set([
  "get",
  "list",
  "versions",
  "validate",
  "health",
  "watch",
]);

/** Whether the operation changes nothing, so that doing it twice is the same as once. */
export function isRead(operation: string): boolean {
  return readOperations.has(operation);
}

const retriedCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "Unavailable",
  "Sealed",
  "RateLimited",
  "ReplicationLag",
]);

/** The server said no before it did anything. */
const refusedCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "Sealed",
  "RateLimited",
  "ReplicationLag",
]);

/** `Unavailable` for one of these reasons: the request did not arrive, or was turned away (503). */
const notSentReasons: ReadonlySet<string> = new Set([
  "connection-refused",
  "host-not-found",
  "too-many-open-files",
  "server-unavailable",
]);

/**
 * Whether the failure says that nothing was done. A reset, a 500 or a time-out after the request
 * was sent does not: the write may have been carried out.
 */
export function isCertainlyNotDone({ code, reason }: SecretError): boolean {
  if (refusedCodes.has(code)) return true;
  return code === "Unavailable" && reason !== undefined && notSentReasons.has(reason);
}

/**
 * Whether the same attempt may be made again: a read after every passing failure, a write only
 * when the first one was certainly not carried out.
 */
export function mayRetry(operation: string, error: SecretError): boolean {
  if (!isRead(operation)) return isCertainlyNotDone(error);
  return retriedCodes.has(error.code) || error.code === "Timeout";
}

const outageCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "Unavailable",
  "Sealed",
  "Timeout",
  "CircuitOpen",
  "RateLimited",
  "ReplicationLag",
]);

/** Whether the store could not answer now. A refusal and an absence are answers. */
export function isOutage(code: SecretErrorCode): boolean {
  return outageCodes.has(code);
}

const revokingCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "NotFound",
  "VersionNotFound",
  "Deleted",
  "Destroyed",
  "Disabled",
  "PermissionDenied",
  "Unauthenticated",
  "LeaseExpired",
]);

/** Whether the answer takes away what was readable before: it beats every cached value. */
export function isRevocation(code: SecretErrorCode): boolean {
  return revokingCodes.has(code);
}

const brokenCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "Unavailable",
  "Sealed",
  "Timeout",
]);

const unaskedCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "Aborted",
  "Closed",
  "Config",
  "CircuitOpen",
  "Internal",
  "InvalidRef",
  "InvalidValue",
  "TooLarge",
  "Unsupported",
]);

/**
 * What a failure tells of the health of its store: `failed` for an outage, `answered` for what a
 * server that works says (4xx), `unknown` for what may have been decided on this side.
 */
export function healthOf(code: SecretErrorCode): "failed" | "answered" | "unknown" {
  if (brokenCodes.has(code)) return "failed";
  return unaskedCodes.has(code) ? "unknown" : "answered";
}
