import type { ErrorClassification } from "@kinko/core";
import { networkMeaning, networkReasonOf } from "./network.js";
import { ServiceFailure } from "./service-failure.js";
import type { StatusName } from "./status-names.js";

type Meaning = Omit<ErrorClassification, "provider">;

const serverFailure: Meaning = {
  code: "Unavailable",
  reason: "server-error",
  what: "Secret Manager, or what is in front of it, failed at the request.",
  advice: "Try again; if it stays so, look at the status page of Google Cloud.",
};
const malformed: Meaning = {
  code: "Corrupt",
  reason: "answer-malformed",
  retryable: true,
  what: "Secret Manager's answer cannot be read.",
  advice: "Try again; if it stays so, look at the proxy or gateway in between.",
};
const notSecretManager: Meaning = {
  code: "Config",
  reason: "not-secret-manager",
  what: "What answers at the address is not Secret Manager.",
  advice: "Check the options apiEndpoint, port and transport, and the proxy in between.",
};

/** Reasons of Google's ErrorInfo that say more than the status. */
const byServiceReason: Readonly<Record<string, Meaning>> = {
  SERVICE_DISABLED: {
    code: "Config",
    reason: "api-disabled",
    what: "The Secret Manager API is not enabled in the project.",
    advice:
      "Enable it with `gcloud services enable secretmanager.googleapis.com`, and wait a minute.",
  },
  CONSUMER_INVALID: {
    code: "Config",
    reason: "project-not-usable",
    what: "The project does not exist, or the identity may not use it.",
    advice: "Check the option project: it is the id, not the display name.",
  },
  BILLING_DISABLED: {
    code: "Config",
    reason: "billing-disabled",
    what: "Billing is not enabled for the project.",
    advice: "Link it to a billing account.",
  },
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: {
    code: "PermissionDenied",
    reason: "scope-insufficient",
    what: "The token lacks the scope that Secret Manager asks for.",
    advice: "Request one with the scope https://www.googleapis.com/auth/cloud-platform.",
  },
};

const byStatus: Readonly<Record<StatusName, Meaning>> = {
  OK: malformed,
  CANCELLED: {
    code: "Unavailable",
    reason: "call-cancelled",
    what: "The call was cancelled on its way.",
    advice: "Try again.",
  },
  UNKNOWN: {
    code: "Unavailable",
    reason: "unknown-answer",
    what: "Something in between answered in place of Secret Manager, or it failed.",
    advice: "Try again; if it stays so, look at the proxy or gateway in between.",
  },
  INVALID_ARGUMENT: {
    code: "InvalidValue",
    reason: "bad-request",
    what: "Secret Manager does not accept the request.",
    advice: "Check name, value and tags against the limits in the README.",
  },
  DEADLINE_EXCEEDED: {
    code: "Timeout",
    reason: "deadline-exceeded",
    what: "Secret Manager did not answer in time.",
    advice: "Try again, or allow more time with timeoutMs.",
  },
  NOT_FOUND: {
    code: "NotFound",
    reason: "not-found",
    what: "The project has no secret with this name.",
    advice: "Check the path, the project and the location.",
  },
  ALREADY_EXISTS: {
    code: "AlreadyExists",
    reason: "already-exists",
    what: "A secret with this name exists already.",
    advice: "Write again, now that it is there.",
  },
  PERMISSION_DENIED: {
    code: "PermissionDenied",
    reason: "iam",
    what: "The identity has no role that allows this, or the name does not exist.",
    advice: "Grant a role such as Secret Manager Secret Accessor; the README lists permissions.",
  },
  RESOURCE_EXHAUSTED: {
    code: "RateLimited",
    reason: "quota",
    what: "A quota of the project is used up for now.",
    advice: "Wait and try again, read less often, or ask for a higher quota.",
  },
  FAILED_PRECONDITION: {
    code: "Conflict",
    reason: "failed-precondition",
    what: "The secret or its key is not in a state that allows this.",
    advice: "Look at the state of the version, and of the key it is encrypted with.",
  },
  ABORTED: {
    code: "Conflict",
    reason: "aborted-by-server",
    retryable: true,
    what: "Another change of the secret is under way.",
    advice: "Try again.",
  },
  OUT_OF_RANGE: {
    code: "InvalidValue",
    reason: "out-of-range",
    what: "Secret Manager does not accept a figure in the request.",
    advice: "Check it against the limits in the README.",
  },
  UNIMPLEMENTED: notSecretManager,
  INTERNAL: serverFailure,
  UNAVAILABLE: serverFailure,
  DATA_LOSS: {
    code: "Corrupt",
    reason: "data-loss",
    what: "Secret Manager lost data, or received other data than was sent.",
    advice: "Try again; if it stays so, restore the value from elsewhere.",
  },
  UNAUTHENTICATED: {
    code: "Unauthenticated",
    reason: "token-rejected",
    what: "Google does not accept the credentials.",
    advice: "Check that they are current; log in again, or renew the key or token.",
  },
};

/** What an error of the driver or of the SDK means. Texts of the SDK are never shown. */
export function classifyError(error: unknown): ErrorClassification {
  if (error instanceof ServiceFailure) return classifyFailure(error);
  if (error instanceof NotSecretManager) return notSecretManager;
  const { name, code } = asRecord(error);
  if (name === "AbortError") return { code: "Aborted", reason: "aborted" };
  // A parser of JSON, or of protos in their JSON form; the engine's message quotes the answer.
  if (name === "SyntaxError") return malformed;
  const reason = networkReasonOf(code);
  return reason === undefined
    ? { code: "Internal", reason: "unclassified" }
    : networkMeaning(reason);
}

function classifyFailure(failure: ServiceFailure): ErrorClassification {
  const { status, serviceReason, networkReason, isMalformed, requestId, retryAfterMs } = failure;
  if (networkReason !== undefined) return networkMeaning(networkReason);
  const meaning = isMalformed
    ? malformed
    : ((serviceReason === undefined ? undefined : byServiceReason[serviceReason]) ??
      byStatus[status]);
  return { ...meaning, requestId, retryAfterMs };
}

/** Thrown for an answer over REST that is none of Google's. */
export class NotSecretManager extends Error {
  constructor() {
    super("The answer is none of Secret Manager.");
    this.name = "NotSecretManager";
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
