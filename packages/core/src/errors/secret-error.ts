import { isRetryableCode, type SecretErrorCode } from "./codes.js";

/** The calls that errors, events and permission checks speak of. */
export type Operation =
  | "get"
  | "put"
  | "patch"
  | "delete"
  | "undelete"
  | "versions"
  | "list"
  | "watch"
  | "validate"
  | "health"
  | "open"
  | "close"
  | (string & {});

/** What an error may carry beside its code and message. Nothing here may hold a secret. */
export interface SecretErrorDetails {
  /** Name of the provider that failed, such as `local`. */
  readonly provider?: string | undefined;
  /** The call that failed. */
  readonly operation?: Operation | undefined;
  /** Text form of the reference, such as `prod/app/db#password`. */
  readonly ref?: string | undefined;
  /** Stable kebab-case word that tells apart failures which share a code, such as `wrong-key`. */
  readonly reason?: string | undefined;
  /** The argument, option or part of the input that caused it, such as `ciphertext`. */
  readonly field?: string | undefined;
  /** What to do next, one sentence; it is also the end of the message. */
  readonly advice?: string | undefined;
  /** Whether the same call may succeed later. Default: what the code says. */
  readonly retryable?: boolean | undefined;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The server's own id of the request, for its support and its logs. */
  readonly requestId?: string | undefined;
}

const brand = Symbol.for("kinko.SecretError");

/**
 * The one error type of Kinko.
 *
 * Guarantees: the message ends with what to do next; neither the message nor any property holds a
 * value, a token, or a URL with credentials; there is never a `cause`, because the errors of
 * vendor SDKs carry request headers and bodies.
 *
 * Two copies of this package may be loaded in one process, so test with {@link isSecretError},
 * not with `instanceof`.
 */
export class SecretError extends Error {
  readonly code: SecretErrorCode;
  readonly provider: string | undefined;
  readonly operation: Operation | undefined;
  readonly ref: string | undefined;
  readonly reason: string | undefined;
  readonly field: string | undefined;
  readonly advice: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(code: SecretErrorCode, what: string, details: SecretErrorDetails = {}) {
    super(details.advice === undefined ? what : `${what} ${details.advice}`);
    this.name = `${code}Error`;
    this.code = code;
    this.provider = details.provider;
    this.operation = details.operation;
    this.ref = details.ref;
    this.reason = details.reason;
    this.field = details.field;
    this.advice = details.advice;
    this.retryable = details.retryable ?? isRetryableCode(code);
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The properties above as plain data, without the stack. */
  toJSON(): Record<string, string | number | boolean> {
    const json: Record<string, string | number | boolean> = {
      name: this.name,
      code: this.code,
      message: this.message,
      retryable: this.retryable,
    };
    for (const key of [
      "provider",
      "operation",
      "ref",
      "reason",
      "field",
      "retryAfterMs",
      "requestId",
    ] as const) {
      const value = this[key];
      if (value !== undefined) json[key] = value;
    }
    return json;
  }
}

/**
 * Whether `error` is a {@link SecretError}, also one from another copy of this package, and, when
 * `code` is given, one with that code.
 *
 * @example
 * try { await store.get("prod/app/db"); } catch (error) {
 *   if (isSecretError(error, "NotFound")) return undefined;
 *   throw error;
 * }
 */
export function isSecretError(error: unknown, code?: SecretErrorCode): error is SecretError {
  return (
    typeof error === "object" &&
    error !== null &&
    brand in error &&
    (code === undefined || (error as { code?: unknown }).code === code)
  );
}

const absenceCodes: ReadonlySet<unknown> = new Set<SecretErrorCode>([
  "NotFound",
  "VersionNotFound",
  "Deleted",
  "Destroyed",
  "Disabled",
]);

/**
 * Whether `error` says that the secret or version is not there to be read. Refusals and outages,
 * which only say that it cannot be seen now, are no absence.
 */
export function isAbsence(error: unknown): boolean {
  return isSecretError(error) && absenceCodes.has(error.code);
}
