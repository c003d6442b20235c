import { isSecretError, type SecretErrorCode } from "@kinko/core";
import { azureError } from "./azure-error.js";
import { networkMeaning } from "./network.js";

interface Meaning {
  readonly code: SecretErrorCode;
  readonly reason: string;
  readonly what: string;
  readonly advice: string;
}

const noCredential: Meaning = {
  code: "Unauthenticated",
  reason: "no-credential",
  what: "No Azure credential was found on this machine.",
  advice: "Log in with `az login`, give the machine an identity, or set the option credential.",
};
const rejected: Meaning = {
  code: "Unauthenticated",
  reason: "credential-rejected",
  what: "Microsoft Entra did not accept the credential.",
  advice: "Check tenant, client id and secret, and whether the secret has expired.",
};

/** Names of errors of `@azure/identity` and of MSAL beneath it. */
const byName: Readonly<Record<string, Meaning>> = {
  CredentialUnavailableError: noCredential,
  AggregateAuthenticationError: noCredential,
  AuthenticationRequiredError: {
    code: "Unauthenticated",
    reason: "login-required",
    what: "Microsoft Entra asks a person to log in again.",
    advice: "Log in with `az login`, or use a credential that needs nobody.",
  },
  InteractionRequiredAuthError: {
    code: "Unauthenticated",
    reason: "login-required",
    what: "Microsoft Entra asks a person to log in again.",
    advice: "Log in with `az login`, or use a credential that needs nobody.",
  },
  AuthenticationError: rejected,
  ServerError: rejected,
  ClientConfigurationError: {
    code: "Config",
    reason: "bad-credential",
    what: "The credential cannot be used as it is configured.",
    advice: "Check credential.authorityHost and the tenant.",
  },
};

const authorityUnreachable: Meaning = {
  code: "Unavailable",
  reason: "identity-unreachable",
  what: "The identity service that issues tokens cannot be reached.",
  advice: "Check the network, the proxy, and credential.authorityHost.",
};

/** The SecretError of whatever a credential threw; its own text and properties stay behind. */
export function credentialError(error: unknown): Error {
  if (isSecretError(error)) return error;
  const description = describe(error);
  if (description.name === "AbortError" && error instanceof Error) return error;
  return fromMeaning(meaningOf(description));
}

function meaningOf({ name, statusCode, msalCode, code }: Description): Meaning {
  if (statusCode === 429) return throttled;
  if (statusCode !== undefined && statusCode >= 500) return identityFailed;
  if (networkMeaning(code) !== undefined) return authorityUnreachable;
  const isChain = name === "AggregateAuthenticationError";
  if (!isChain && /^(?:network|endpoints_resolution|openid_config)/u.test(msalCode)) {
    return authorityUnreachable;
  }
  if (!isChain && /^(?:invalid|unauthorized)_(?:client|grant|request)/u.test(msalCode)) {
    return rejected;
  }
  return byName[name ?? ""] ?? rejected;
}

const throttled: Meaning = {
  code: "RateLimited",
  reason: "identity-throttled",
  what: "Microsoft Entra asks for fewer requests for tokens.",
  advice: "Wait and try again; keep a store open instead of opening one for each call.",
};
const identityFailed: Meaning = {
  code: "Unavailable",
  reason: "identity-failed",
  what: "The identity service that issues tokens failed.",
  advice: "Try again; if it stays so, look at the health of Microsoft Entra.",
};

function fromMeaning({ code, what, reason, advice }: Meaning): Error {
  return azureError(code, what, { reason, advice });
}

interface Description {
  readonly name: string | undefined;
  readonly statusCode: number | undefined;
  /** Code of MSAL's error; `@azure/identity` hands it on as the first word of its message. */
  readonly msalCode: string;
  readonly code: unknown;
}

/** What may be looked at: never a text as a whole. Errors can be wrapped, hence the second look. */
function describe(error: unknown, depth = 0): Description {
  if (typeof error !== "object" || error === null || depth > 3) {
    return { name: undefined, statusCode: undefined, msalCode: "", code: undefined };
  }
  const fields = error as Readonly<Record<string, unknown>>;
  const { name, statusCode, errorCode, message, code, cause } = fields;
  const inner = cause === undefined ? undefined : describe(cause, depth + 1);
  const text = typeof errorCode === "string" ? errorCode : message;
  return {
    name: typeof name === "string" ? name : undefined,
    statusCode: typeof statusCode === "number" ? statusCode : inner?.statusCode,
    msalCode:
      /^[a-z]+(?:_[a-z]+)+/u.exec(typeof text === "string" ? text : "")?.[0] ??
      inner?.msalCode ??
      "",
    code: typeof code === "string" ? code : inner?.code,
  };
}
