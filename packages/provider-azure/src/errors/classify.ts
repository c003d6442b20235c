import type { ErrorClassification } from "@kinko/core";
import { networkMeaning } from "./network.js";
import { ServiceFailure } from "./service-failure.js";

type Meaning = Omit<ErrorClassification, "provider">;

const beingDeleted: Meaning = {
  code: "Conflict",
  reason: "being-deleted",
  retryable: true,
  what: "Key Vault is still deleting the secret of this name.",
  advice: "Try again in a few seconds.",
};
const beingRecovered: Meaning = {
  code: "Conflict",
  reason: "being-recovered",
  retryable: true,
  what: "Key Vault is still recovering the secret of this name.",
  advice: "Try again in a few seconds.",
};
const firewall: Meaning = {
  code: "PermissionDenied",
  reason: "firewall",
  what: "The vault's firewall does not let this machine in.",
  advice: "Allow its address in the vault's network settings, or go through a private endpoint.",
};

/** Inner codes that say more than the status. */
const byInnerCode: Readonly<Record<string, Meaning>> = {
  SecretDisabled: {
    code: "Disabled",
    reason: "disabled",
    what: "This version of the secret is disabled.",
    advice: "Enable it in Key Vault, or read latestEnabled.",
  },
  ObjectIsDeletedButRecoverable: {
    code: "Deleted",
    reason: "name-taken-by-deleted",
    what: "A soft-deleted secret holds this name.",
    advice: "Undelete or purge it first, or set onDeleted: recover.",
  },
  ObjectIsBeingDeleted: beingDeleted,
  ObjectIsBeingRecovered: beingRecovered,
  ForbiddenByRbac: {
    code: "PermissionDenied",
    reason: "rbac",
    what: "The identity has no role that allows this.",
    advice:
      "Assign a role such as Key Vault Secrets User or Officer; it takes some minutes to work.",
  },
  ForbiddenByPolicy: {
    code: "PermissionDenied",
    reason: "policy",
    what: "The vault's policies do not allow this.",
    advice: "Check the access policies, and whether purge protection is on.",
  },
  AccessDenied: {
    code: "PermissionDenied",
    reason: "policy",
    what: "No access policy of the vault allows this.",
    advice: "Give the identity the secret permission that is needed.",
  },
  ForbiddenByFirewall: firewall,
  ForbiddenByConnection: firewall,
};

const byStatus: Readonly<Record<number, Meaning>> = {
  400: {
    code: "InvalidValue",
    reason: "bad-request",
    what: "Key Vault does not accept the request.",
    advice: "Check value, tags and dates against the limits in the README.",
  },
  401: {
    code: "Unauthenticated",
    reason: "token-rejected",
    what: "Key Vault does not accept the token.",
    advice: "Check that it is current, and of the tenant that the vault belongs to.",
  },
  403: {
    code: "PermissionDenied",
    reason: "forbidden",
    what: "The identity may not do this.",
    advice: "Give it a role or an access policy that allows the operation.",
  },
  404: {
    code: "NotFound",
    reason: "not-found",
    what: "Key Vault has no secret with this name.",
    advice: "Check the path and the vault.",
  },
  405: {
    code: "Unsupported",
    reason: "not-supported-there",
    what: "The vault does not support this operation.",
    advice: "Check the options vaultUrl and apiVersion.",
  },
  408: {
    code: "Timeout",
    reason: "server-timeout",
    what: "Key Vault gave up waiting for the request.",
    advice: "Try again.",
  },
  409: {
    code: "Conflict",
    reason: "conflict",
    what: "Another operation on this secret is under way.",
    retryable: true,
    advice: "Try again in a few seconds.",
  },
  413: {
    code: "TooLarge",
    reason: "too-large-for-key-vault",
    what: "Key Vault does not take a request of this size.",
    advice: "Store a smaller value.",
  },
  429: {
    code: "RateLimited",
    reason: "throttled",
    what: "The vault's request limit is reached.",
    advice: "Wait and try again, read less often, or spread secrets over several vaults.",
  },
  504: {
    code: "Timeout",
    reason: "gateway-timeout",
    what: "What is in front of Key Vault waited in vain for its answer.",
    advice: "Try again.",
  },
};

/** What an error of the driver or of the SDK means. Texts of the SDK are never shown. */
export function classifyError(error: unknown): ErrorClassification {
  if (error instanceof ServiceFailure) return classifyFailure(error);
  if (nameOf(error) === "AbortError") return { code: "Aborted", reason: "aborted" };
  return classifySdkError(error) ?? { code: "Internal", reason: "unclassified" };
}

function classifyFailure(failure: ServiceFailure): ErrorClassification {
  const meaning = meaningOf(failure);
  return {
    ...meaning,
    what: `${(meaning.what ?? "").replace(/\.$/u, "")} (status ${failure.status}).`,
    requestId: failure.requestId,
    retryAfterMs: failure.retryAfterMs,
  };
}

function meaningOf({ innerCode, isJson, serviceCode, status }: ServiceFailure): Meaning {
  const inner = innerCode === undefined ? undefined : byInnerCode[innerCode];
  if (inner !== undefined) return inner;
  // Without Key Vault's word, a 404 says nothing of the secret.
  if (status === 404 && serviceCode === undefined) return isJson ? malformed : notKeyVault;
  if (status === 404 && serviceCode !== "SecretNotFound") return notKeyVault;
  const known = byStatus[status];
  if (known !== undefined) return known;
  return status >= 500 ? serverFailure : unexpectedStatus;
}

const malformed: Meaning = {
  code: "Corrupt",
  reason: "answer-malformed",
  retryable: true,
  what: "Key Vault's answer is not complete JSON.",
  advice: "Try again; if it stays so, look at the proxy or gateway in between.",
};

const notKeyVault: Meaning = {
  code: "Config",
  reason: "not-key-vault",
  what: "What answers at the address does not know Key Vault's secrets.",
  advice: "Check the option vaultUrl, and what is in front of the vault there.",
};
const serverFailure: Meaning = {
  code: "Unavailable",
  reason: "server-error",
  what: "Key Vault, or what is in front of it, failed at the request.",
  advice: "Try again; if it stays so, look at the health of the service.",
};
const unexpectedStatus: Meaning = {
  code: "Internal",
  reason: "unexpected-status",
  what: "Key Vault answered with a status that has no meaning here.",
  advice: "Check what is in front of the vault at the address.",
};

/** Errors of the SDK itself: of the network, or of an answer that it could not read. */
function classifySdkError(error: unknown): ErrorClassification | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, statusCode } = error as { readonly code?: unknown; readonly statusCode?: unknown };
  if (nameOf(error) === "RestError" && code === "PARSE_ERROR") {
    return typeof statusCode === "number"
      ? malformed
      : {
          code: "Unavailable",
          reason: "answer-truncated",
          what: "The connection to Key Vault ended in the middle of its answer.",
          advice: "Try again; if it stays so, look at the proxy or gateway in between.",
        };
  }
  if (nameOf(error) === "RestError" && typeof statusCode === "number") {
    return classifyFailure(new ServiceFailure({ status: statusCode }));
  }
  return networkMeaning(code);
}

function nameOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { name } = error as { readonly name?: unknown };
  return typeof name === "string" ? name : undefined;
}
