import type { ErrorClassification } from "@kinko/core";

type Meaning = Omit<ErrorClassification, "provider">;

const throttled: Meaning = {
  code: "RateLimited",
  reason: "throttled",
  what: "AWS asks for fewer requests.",
  advice: "Wait and try again, or lower the concurrency.",
};
const denied: Meaning = {
  code: "PermissionDenied",
  reason: "policy",
  what: "The credentials are valid, but no policy of AWS allows this with this secret.",
  advice: "Ask for an IAM policy that grants it; the provider's README names the actions.",
};
const badKeys: Meaning = {
  code: "Unauthenticated",
  reason: "invalid-credentials",
  what: "AWS does not know the access key, or its secret does not belong to it.",
  advice: "Check that the keys are current, and meant for this account and endpoint.",
};
const expired: Meaning = {
  code: "Unauthenticated",
  reason: "expired-credentials",
  what: "The temporary credentials have expired.",
  advice: "Sign in again, or use a source of credentials that renews them.",
};
const clockSkew: Meaning = {
  code: "Unauthenticated",
  reason: "clock-skew",
  what: "AWS takes the request for too old or too new.",
  advice: "Set the clock of this machine, then try again.",
};
const noKeys: Meaning = {
  code: "Unauthenticated",
  reason: "no-credentials",
  what: "No AWS credentials were found.",
  advice:
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or run where a role is attached.",
};
const noRegion: Meaning = {
  code: "Config",
  reason: "no-region",
  what: "The AWS region is not set.",
  advice: "Set the option region, or AWS_REGION.",
};
const invalid: Meaning = {
  code: "InvalidValue",
  reason: "invalid-parameter",
  what: "AWS does not accept a part of the request, such as a tag, a value or a setting.",
  advice: "Check it against the limits in the provider's README.",
};
const unavailable: Meaning = {
  code: "Unavailable",
  reason: "server-error",
  what: "AWS failed to serve the request.",
  advice: "Try again; if it stays so, look at the AWS health dashboard.",
};
const kmsKey: Meaning = {
  code: "Disabled",
  reason: "kms-key",
  what: "AWS cannot use the KMS key of the secret.",
  advice: "Check that the key exists, is enabled, and that the credentials may use it.",
};

/** Meanings by the names that AWS gives its errors, without a trailing `Exception`. */
const meanings: Readonly<Record<string, Meaning>> = {
  ResourceNotFound: { code: "NotFound" },
  ResourceExists: { code: "AlreadyExists" },
  InvalidRequest: {
    code: "Unsupported",
    reason: "invalid-state",
    what: "AWS does not allow this in the state that the secret is in.",
    advice: "Look at it in AWS: another service may manage it, or a rotation may be under way.",
  },
  InvalidParameter: invalid,
  Validation: invalid,
  Serialization: invalid,
  InvalidNextToken: {
    code: "InvalidRef",
    reason: "bad-cursor",
    what: "AWS does not know the cursor of the listing, perhaps any more.",
    advice: "List again from the beginning.",
  },
  LimitExceeded: {
    code: "RateLimited",
    reason: "quota-exceeded",
    what: "A quota of AWS is used up, such as the number of secrets, versions or labels.",
    advice: "Write less often, remove what is not needed, or ask AWS for a higher quota.",
    retryable: false,
  },
  DecryptionFailure: kmsKey,
  EncryptionFailure: kmsKey,
  KMSDisabled: kmsKey,
  InternalServiceError: unavailable,
  InternalFailure: unavailable,
  InternalServer: unavailable,
  ServiceUnavailable: unavailable,
  Throttling: throttled,
  ThrottledException: throttled,
  TooManyRequests: throttled,
  RequestLimitExceeded: throttled,
  RequestThrottled: throttled,
  PriorRequestNotComplete: throttled,
  SlowDown: throttled,
  AccessDenied: denied,
  NotAuthorized: denied,
  UnrecognizedClient: badKeys,
  InvalidClientTokenId: badKeys,
  InvalidAccessKeyId: badKeys,
  SignatureDoesNotMatch: badKeys,
  InvalidSignature: badKeys,
  IncompleteSignature: badKeys,
  MissingAuthenticationToken: noKeys,
  MissingAuthenticationTokenException: noKeys,
  AuthFailure: badKeys,
  OptInRequired: {
    code: "PermissionDenied",
    reason: "region-not-enabled",
    what: "The account has not enabled this region.",
    advice: "Enable it in the account, or use another region.",
  },
  ExpiredToken: expired,
  RequestExpired: clockSkew,
  RequestTimeTooSkewed: clockSkew,
  // Names that the SDK itself gives.
  CredentialsProviderError: noKeys,
  ProviderError: noKeys,
  TokenProviderError: {
    code: "Unauthenticated",
    reason: "sign-in-needed",
    what: "The sign-in of the profile is missing or has expired.",
    advice: "Run aws sso login for the profile.",
  },
  TimeoutError: { code: "Timeout" },
  AbortError: { code: "Aborted" },
};

/** What an error means by its name; undefined for names that are not known. */
export function classifyServiceError(name: string, message: string): Meaning | undefined {
  // The message is looked at, never repeated.
  if (name === "InvalidSignatureException" || name === "SignatureDoesNotMatch") {
    if (/expired|not yet current/iu.test(message)) return clockSkew;
    if (/scoped to|region/iu.test(message)) return wrongRegion;
  }
  return meanings[name] ?? meanings[name.replace(/Exception$/u, "")];
}

const wrongRegion: Meaning = {
  code: "Unauthenticated",
  reason: "wrong-region",
  what: "The request was signed for another region than the endpoint serves.",
  advice: "Make region and endpoint fit each other.",
};

/** What the status of an answer means that has no known name. */
export function classifyStatus(status: number): Meaning | undefined {
  if (status === 429) return throttled;
  if (status === 401) return badKeys;
  if (status === 403) return denied;
  if (status === 407) {
    return {
      code: "Config",
      reason: "proxy-authentication",
      what: "The proxy wants credentials.",
      advice: "Write them into the option proxy, as http://user:password@host:port.",
    };
  }
  if (status >= 500) return unavailable;
  return undefined;
}

/** The SDK has no name for this error, and says it in words that hold nothing of the request. */
export function classifyMessage(message: string): Meaning | undefined {
  return message === "Region is missing" ? noRegion : undefined;
}
