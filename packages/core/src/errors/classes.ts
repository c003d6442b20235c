import type { SecretErrorCode } from "./codes.js";
import { SecretError, type SecretErrorDetails } from "./secret-error.js";

/** No secret has this name. An outage or a refusal is never reported as this. */
export class NotFoundError extends SecretError {
  declare readonly code: "NotFound";

  constructor(what: string, details?: SecretErrorDetails) {
    super("NotFound", what, details);
  }
}

/** The secret exists, the version that was asked for does not. */
export class VersionNotFoundError extends SecretError {
  declare readonly code: "VersionNotFound";

  constructor(what: string, details?: SecretErrorDetails) {
    super("VersionNotFound", what, details);
  }
}

/** The newest (or the named) version is soft-deleted and can be undeleted. */
export class DeletedError extends SecretError {
  declare readonly code: "Deleted";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Deleted", what, details);
  }
}

/** The version's data is gone for good; its number remains. */
export class DestroyedError extends SecretError {
  declare readonly code: "Destroyed";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Destroyed", what, details);
  }
}

/** The version exists but is switched off. */
export class DisabledError extends SecretError {
  declare readonly code: "Disabled";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Disabled", what, details);
  }
}

/** A write that required absence found a secret. */
export class AlreadyExistsError extends SecretError {
  declare readonly code: "AlreadyExists";

  constructor(what: string, details?: SecretErrorDetails) {
    super("AlreadyExists", what, details);
  }
}

/** A check-and-set write met another version than expected. */
export class ConflictError extends SecretError {
  declare readonly code: "Conflict";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Conflict", what, details);
  }
}

/** The store does not accept, or was not given, credentials. */
export class UnauthenticatedError extends SecretError {
  declare readonly code: "Unauthenticated";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Unauthenticated", what, details);
  }
}

/** The credentials are accepted but do not allow the call. */
export class PermissionDeniedError extends SecretError {
  declare readonly code: "PermissionDenied";

  constructor(what: string, details?: SecretErrorDetails) {
    super("PermissionDenied", what, details);
  }
}

/** The store asks the caller to slow down. */
export class RateLimitedError extends SecretError {
  declare readonly code: "RateLimited";

  constructor(what: string, details?: SecretErrorDetails) {
    super("RateLimited", what, details);
  }
}

/** The store cannot be reached or cannot serve now. */
export class UnavailableError extends SecretError {
  declare readonly code: "Unavailable";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Unavailable", what, details);
  }
}

/** The server is up but sealed. */
export class SealedError extends SecretError {
  declare readonly code: "Sealed";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Sealed", what, details);
  }
}

/** The store has never been initialised. */
export class UninitializedError extends SecretError {
  declare readonly code: "Uninitialized";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Uninitialized", what, details);
  }
}

/** The server that answered has not caught up with a write. */
export class ReplicationLagError extends SecretError {
  declare readonly code: "ReplicationLag";

  constructor(what: string, details?: SecretErrorDetails) {
    super("ReplicationLag", what, details);
  }
}

/** The call's total deadline passed. */
export class TimeoutError extends SecretError {
  declare readonly code: "Timeout";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Timeout", what, details);
  }
}

/** The caller's signal aborted the call. */
export class AbortedError extends SecretError {
  declare readonly code: "Aborted";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Aborted", what, details);
  }
}

/** The reference or name is not valid here; raised before any request. */
export class InvalidRefError extends SecretError {
  declare readonly code: "InvalidRef";

  constructor(what: string, details?: SecretErrorDetails) {
    super("InvalidRef", what, details);
  }
}

/** The value cannot be stored, or not be read as asked. */
export class InvalidValueError extends SecretError {
  declare readonly code: "InvalidValue";

  constructor(what: string, details?: SecretErrorDetails) {
    super("InvalidValue", what, details);
  }
}

/** The value exceeds the provider's declared limit; raised before any request. */
export class TooLargeError extends SecretError {
  declare readonly code: "TooLarge";

  constructor(what: string, details?: SecretErrorDetails) {
    super("TooLarge", what, details);
  }
}

/** The provider does not have this capability. */
export class UnsupportedError extends SecretError {
  declare readonly code: "Unsupported";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Unsupported", what, details);
  }
}

/** The lease behind a credential has ended. */
export class LeaseExpiredError extends SecretError {
  declare readonly code: "LeaseExpired";

  constructor(what: string, details?: SecretErrorDetails) {
    super("LeaseExpired", what, details);
  }
}

/** The circuit breaker is open: no request was made. */
export class CircuitOpenError extends SecretError {
  declare readonly code: "CircuitOpen";

  constructor(what: string, details?: SecretErrorDetails) {
    super("CircuitOpen", what, details);
  }
}

/** The configuration is wrong; `reason` says how. */
export class ConfigError extends SecretError {
  declare readonly code: "Config";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Config", what, details);
  }
}

/** Stored data fails its integrity check. */
export class CorruptError extends SecretError {
  declare readonly code: "Corrupt";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Corrupt", what, details);
  }
}

/** The store, provider or secret was closed before. */
export class ClosedError extends SecretError {
  declare readonly code: "Closed";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Closed", what, details);
  }
}

/** A failure that has no better name. */
export class InternalError extends SecretError {
  declare readonly code: "Internal";

  constructor(what: string, details?: SecretErrorDetails) {
    super("Internal", what, details);
  }
}

const classes = {
  NotFound: NotFoundError,
  VersionNotFound: VersionNotFoundError,
  Deleted: DeletedError,
  Destroyed: DestroyedError,
  Disabled: DisabledError,
  AlreadyExists: AlreadyExistsError,
  Conflict: ConflictError,
  Unauthenticated: UnauthenticatedError,
  PermissionDenied: PermissionDeniedError,
  RateLimited: RateLimitedError,
  Unavailable: UnavailableError,
  Sealed: SealedError,
  Uninitialized: UninitializedError,
  ReplicationLag: ReplicationLagError,
  Timeout: TimeoutError,
  Aborted: AbortedError,
  InvalidRef: InvalidRefError,
  InvalidValue: InvalidValueError,
  TooLarge: TooLargeError,
  Unsupported: UnsupportedError,
  LeaseExpired: LeaseExpiredError,
  CircuitOpen: CircuitOpenError,
  Config: ConfigError,
  Corrupt: CorruptError,
  Closed: ClosedError,
  Internal: InternalError,
} satisfies Record<
  SecretErrorCode,
  new (what: string, details?: SecretErrorDetails) => SecretError
>;

/** Whether this copy of the package has a class for `code`; a newer copy may know more codes. */
export function isKnownCode(code: unknown): code is SecretErrorCode {
  return typeof code === "string" && Object.hasOwn(classes, code);
}

/** The error of the subclass that belongs to `code`. */
export function createSecretError(
  code: SecretErrorCode,
  what: string,
  details?: SecretErrorDetails,
): SecretError {
  return new classes[code](what, details);
}
