import type { SecretErrorCode } from "@kinko/core";
import type { VaultAnswer } from "../client/answer.js";
import { vaultError } from "./vault-error.js";

interface Meaning {
  readonly code: SecretErrorCode;
  readonly reason: string;
  readonly what: string;
  readonly advice: string;
  readonly retryable?: boolean;
}

/** Known messages of Vault, in the order in which they are looked for. They are compared, never shown. */
const knownMessages: readonly (Meaning & {
  readonly statuses: readonly number[];
  readonly pattern: RegExp;
})[] = [
  {
    statuses: [404],
    pattern: /no handler for route/u,
    code: "Config",
    reason: "mount-not-found",
    what: "Vault has nothing mounted there.",
    advice: "Check the option mount (and namespace), or mount a KV engine at that path.",
  },
  {
    statuses: [400],
    pattern: /check-and-set parameter required/u,
    code: "Conflict",
    reason: "cas-required",
    what: "This secret, or its mount, takes only check-and-set writes.",
    advice: "Pass ifVersion: the version that you read, or `absent` for a new secret.",
  },
  {
    statuses: [400],
    pattern: /check-and-set parameter did not match/u,
    code: "Conflict",
    reason: "version-mismatch",
    what: "The secret changed since the version that you expected.",
    advice: "Read it again, and repeat the change on the newest version.",
  },
  {
    statuses: [400],
    pattern: /HTTP request to an HTTPS server/u,
    code: "Config",
    reason: "https-required",
    what: "This Vault speaks https, and the address says http.",
    advice: "Begin the address with https://.",
  },
  {
    statuses: [400, 404],
    pattern: /enterprise[- ]only|namespace not found|no namespace/iu,
    code: "Config",
    reason: "namespace-not-found",
    what: "This Vault does not know the namespace.",
    advice: "Check the option namespace; open-source Vault has none.",
  },
  {
    statuses: [503],
    pattern: /Vault is sealed/u,
    code: "Sealed",
    reason: "sealed",
    what: "Vault is sealed and cannot read its own data.",
    advice: "Unseal it, then try again.",
  },
  {
    statuses: [400, 413, 500],
    pattern: /value being too large|request body too large|exceeds maximum|too large/iu,
    code: "TooLarge",
    reason: "too-large-for-vault",
    what: "Vault's storage does not take a value of this size.",
    advice:
      "Store a smaller value, or raise max_entry_size or max_request_size in Vault's configuration.",
  },
];

const byStatus: Readonly<Record<number, Meaning>> = {
  400: {
    code: "InvalidValue",
    reason: "bad-request",
    what: "Vault does not accept the request.",
    advice: "Its audit log has the reason.",
  },
  401: {
    code: "Unauthenticated",
    reason: "token-rejected",
    what: "Something in front of Vault asks for other credentials.",
    advice: "Check the proxy or load balancer at the address.",
  },
  404: {
    code: "NotFound",
    reason: "not-found",
    what: "Vault has nothing with this name.",
    advice: "Check the path and the mount.",
  },
  405: {
    code: "Unsupported",
    reason: "not-supported-there",
    what: "Vault does not support this operation at that path.",
    advice: "Check the options mount and kvVersion.",
  },
  412: {
    code: "ReplicationLag",
    reason: "replication-lag",
    what: "This Vault node has not yet received the newest write.",
    advice: "Try again in a moment.",
  },
  413: {
    code: "TooLarge",
    reason: "too-large-for-vault",
    what: "Vault does not take a request of this size.",
    advice: "Store a smaller value, or raise max_request_size in Vault's configuration.",
  },
  429: {
    code: "RateLimited",
    reason: "rate-limited",
    what: "Vault's rate limit is reached.",
    advice: "Wait and try again, or ask for a larger quota.",
  },
  472: {
    code: "Unavailable",
    reason: "dr-secondary",
    what: "This Vault is a disaster recovery secondary and serves no requests.",
    advice: "Use the address of the primary.",
  },
  503: {
    code: "Unavailable",
    reason: "server-unavailable",
    what: "Vault, or what is in front of it, cannot serve now.",
    advice: "Try again; if it stays so, look at the health of the cluster.",
  },
};

const serverFailure: Meaning = {
  code: "Unavailable",
  reason: "server-error",
  what: "Vault, or what is in front of it, failed at the request.",
  advice: "Try again; Vault's server log has the reason.",
};

const unexpectedStatus: Meaning = {
  code: "Internal",
  reason: "unexpected-status",
  what: "Vault answered with a status that has no meaning here.",
  advice: "Check what is in front of Vault at the address.",
};

/** The error of an answer that is a failure. 403 is told apart elsewhere, as that needs the token. */
export function responseError(answer: VaultAnswer): Error {
  const { status, errors } = answer;
  const known = knownMessages.find(
    ({ statuses, pattern }) =>
      statuses.includes(status) && errors.some((text) => pattern.test(text)),
  );
  const meaning = known ?? byStatus[status] ?? (status >= 500 ? serverFailure : unexpectedStatus);
  return errorOf(answer, meaning);
}

/** Builds the error of an answer, with what its headers say. */
export function errorOf(answer: VaultAnswer, meaning: Meaning): Error {
  const { code, what, reason, advice, retryable } = meaning;
  return vaultError(code, `${what.replace(/\.$/u, "")} (status ${answer.status}).`, {
    reason,
    advice,
    retryable,
    retryAfterMs: answer.retryAfterMs,
    requestId: answer.requestId,
  });
}

/** Whether a 403 says that the token itself is not valid; Vault before 1.15 says it only at times. */
export function saysInvalidToken(answer: VaultAnswer): boolean {
  return answer.errors.some((text) => /invalid token|bad token|missing client token/iu.test(text));
}
