import {
  createSecretError,
  defaultMessages,
  isSecretError,
  type ErrorClassification,
  type SecretError,
  type SecretErrorCode,
} from "@kinko/core";

/**
 * One failure of the embedded store. Every text is written here or built from paths, numbers and
 * host names: nothing of a document, an identity or a passphrase ever goes in.
 */
export function localError(
  code: SecretErrorCode,
  reason: string,
  what: string,
  advice: string,
): SecretError {
  return createSecretError(code, what, { reason, advice });
}

/** The errno code of a failed system call, or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The error of a call that no portable store wraps, such as one of the admin functions. */
export function toLocalError(error: unknown): SecretError {
  if (isSecretError(error)) return error;
  const { code, reason, what, advice } = classifyErrno(errnoOf(error));
  const words = defaultMessages[code];
  return createSecretError(code, what ?? words.what, { reason, advice: advice ?? words.advice });
}

/** What a failed system call means, in Kinko's words; its own message is never repeated. */
export function classifyErrno(errno: string | undefined): ErrorClassification {
  switch (errno) {
    case "ENOSPC":
    case "EDQUOT":
      return {
        code: "Unavailable",
        reason: "disk-full",
        what: "The disk of the store is full; nothing was changed.",
        advice: "Free some space, then try again.",
      };
    case "EFBIG":
      return {
        code: "Unavailable",
        reason: "disk-full",
        what: "The store would grow beyond the file size that is allowed; nothing was changed.",
        advice: "Raise the limit (ulimit -f), or remove secrets that are not needed.",
      };
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return {
        code: "PermissionDenied",
        reason: "read-only-store",
        what: "The folder of the store cannot be written by this user; nothing was changed.",
        advice: "Give this user write access to the folder of the store file.",
      };
    case "EMFILE":
    case "ENFILE":
      return {
        code: "Unavailable",
        reason: "too-many-open-files",
        what: "No more files can be opened.",
        advice: "Raise the limit of open files (ulimit -n), or close some.",
      };
    case "EIO":
      return {
        code: "Unavailable",
        reason: "io-error",
        what: "The disk of the store reported an error; nothing was acknowledged.",
        advice: "Check the disk and the system log, then try again.",
      };
    default:
      return errno === undefined
        ? { code: "Internal", reason: "unclassified" }
        : {
            code: "Internal",
            reason: "system-call-failed",
            what: `A system call of the store failed with ${/^[A-Z0-9_]{2,40}$/u.test(errno) ? errno : "an error"}.`,
          };
  }
}
