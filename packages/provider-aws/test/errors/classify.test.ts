import { isSecretError, type SecretErrorCode } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { classifyError } from "../../src/errors/classify.js";
import { awsFailure, stubAws, stubRequestId, type StubAnswer } from "../stub-aws.js";

/** Names that AWS documents for Secrets Manager and for all its services, and what they become. */
const named: readonly (readonly [string, SecretErrorCode, string | undefined])[] = [
  ["AccessDeniedException", "PermissionDenied", "policy"],
  ["NotAuthorized", "PermissionDenied", "policy"],
  ["OptInRequired", "PermissionDenied", "region-not-enabled"],
  ["UnrecognizedClientException", "Unauthenticated", "invalid-credentials"],
  ["InvalidClientTokenId", "Unauthenticated", "invalid-credentials"],
  ["InvalidSignatureException", "Unauthenticated", "invalid-credentials"],
  ["SignatureDoesNotMatch", "Unauthenticated", "invalid-credentials"],
  ["IncompleteSignature", "Unauthenticated", "invalid-credentials"],
  ["IncompleteSignatureException", "Unauthenticated", "invalid-credentials"],
  ["MissingAuthenticationToken", "Unauthenticated", "no-credentials"],
  ["MissingAuthenticationTokenException", "Unauthenticated", "no-credentials"],
  ["ExpiredTokenException", "Unauthenticated", "expired-credentials"],
  ["ExpiredToken", "Unauthenticated", "expired-credentials"],
  ["RequestExpired", "Unauthenticated", "clock-skew"],
  ["RequestTimeTooSkewed", "Unauthenticated", "clock-skew"],
  ["ThrottlingException", "RateLimited", "throttled"],
  ["Throttling", "RateLimited", "throttled"],
  ["ThrottledException", "RateLimited", "throttled"],
  ["TooManyRequestsException", "RateLimited", "throttled"],
  ["RequestLimitExceeded", "RateLimited", "throttled"],
  ["SlowDown", "RateLimited", "throttled"],
  ["LimitExceededException", "RateLimited", "quota-exceeded"],
  ["DecryptionFailure", "Disabled", "kms-key"],
  ["EncryptionFailure", "Disabled", "kms-key"],
  ["InternalServiceError", "Unavailable", "server-error"],
  ["InternalFailure", "Unavailable", "server-error"],
  ["ServiceUnavailable", "Unavailable", "server-error"],
  ["ServiceUnavailableException", "Unavailable", "server-error"],
  ["InvalidParameterException", "InvalidValue", "invalid-parameter"],
  ["ValidationException", "InvalidValue", "invalid-parameter"],
  ["SomethingNewException", "Internal", "unclassified"],
];

/** The error of a read that AWS answered so, and how many requests it took. */
async function failureOf(answer: StubAnswer | Error): Promise<unknown> {
  const { store, operations } = stubAws({ GetSecretValue: () => answer }, { readTags: false });
  const failure: unknown = await store.get("app/db").catch((error: unknown) => error);
  // Not repeated by the SDK: the store is to retry, and nobody else.
  expect(operations().filter((operation) => operation === "GetSecretValue")).toHaveLength(1);
  return failure;
}

describe("errors that AWS names", () => {
  for (const [name, code, reason] of named) {
    test(`${name} becomes ${code}, ${reason ?? "without reason"}, without AWS's words`, async () => {
      const canary = createCanary();
      const failure = await failureOf(awsFailure(name, `Value ${canary.value} of the request.`));
      expect(failure).toMatchObject({ code, reason, provider: "aws", ref: "app/db" });
      expect(failure).toMatchObject({ operation: "get", requestId: stubRequestId });
      expectClean(failure, canary);
    });
  }

  test("a quota that is used up is not retried, a request that was throttled is", async () => {
    expect(await failureOf(awsFailure("LimitExceededException"))).toMatchObject({
      retryable: false,
    });
    const headers = { "retry-after": "3" };
    expect(await failureOf({ ...awsFailure("ThrottlingException"), headers })).toMatchObject({
      retryable: true,
      retryAfterMs: 3000,
    });
  });

  test("signatures tell a wrong clock and a wrong region from wrong keys", async () => {
    const expired = "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z";
    expect(await failureOf(awsFailure("InvalidSignatureException", expired))).toMatchObject({
      code: "Unauthenticated",
      reason: "clock-skew",
    });
    const region = "Credential should be scoped to a valid region.";
    expect(await failureOf(awsFailure("InvalidSignatureException", region))).toMatchObject({
      code: "Unauthenticated",
      reason: "wrong-region",
    });
  });
});

describe("answers that are not AWS's", () => {
  const canary = createCanary();
  const html = `<html><body>Sign in to continue ${canary.value}</body></html>`;
  const answers: readonly (readonly [string, StubAnswer, SecretErrorCode, string])[] = [
    ["HTML with status 200", { body: html }, "Unavailable", "bad-answer"],
    ["truncated JSON", { body: `{"SecretString":"${canary.value}` }, "Unavailable", "bad-answer"],
    ["HTML with status 500", { status: 500, body: html }, "Unavailable", "server-error"],
    ["HTML with status 503", { status: 503, body: html }, "Unavailable", "server-error"],
    ["HTML with status 403", { status: 403, body: html }, "PermissionDenied", "policy"],
    ["HTML with status 429", { status: 429, body: html }, "RateLimited", "throttled"],
    ["HTML with status 407", { status: 407, body: html }, "Config", "proxy-authentication"],
    ["nothing with status 502", { status: 502, body: "" }, "Unavailable", "server-error"],
    ["an empty object", { body: {} }, "Corrupt", "no-value"],
  ];
  for (const [title, answer, code, reason] of answers) {
    test(`${title} becomes ${code}, ${reason}`, async () => {
      const failure = await failureOf(answer);
      expect(failure).toMatchObject({ code, reason });
      expectClean(failure, canary);
    });
  }
});

describe("errors of the connection", () => {
  const codes: readonly (readonly [string, SecretErrorCode, string])[] = [
    ["ECONNREFUSED", "Unavailable", "connection-refused"],
    ["ENOTFOUND", "Unavailable", "host-not-found"],
    ["ECONNRESET", "Unavailable", "connection-lost"],
    ["EHOSTUNREACH", "Unavailable", "unreachable"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "Config", "tls-untrusted"],
    ["CERT_HAS_EXPIRED", "Config", "tls-expired"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "Config", "tls-wrong-name"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "Config", "tls-not-spoken"],
    ["HPE_INVALID_CONSTANT", "Unavailable", "bad-answer"],
  ];
  for (const [nodeCode, code, reason] of codes) {
    test(`${nodeCode} becomes ${code}, ${reason}`, async () => {
      const error = Object.assign(new Error("connect https://user:secret@host"), {
        code: nodeCode,
      });
      const failure = await failureOf(error);
      expect(failure).toMatchObject({ code, reason });
      expect(isSecretError(failure) && failure.message).not.toContain("user:secret");
    });
  }

  test("the first of several addresses decides", () => {
    const refused = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    expect(classifyError(new AggregateError([refused]))).toMatchObject({
      reason: "connection-refused",
    });
  });

  test("what is no error at all is Internal", () => {
    for (const value of [undefined, null, "text", 1, {}, new Error("x")]) {
      expect(classifyError(value)).toEqual({ code: "Internal", reason: "unclassified" });
    }
  });

  test("a request id that is none is left out", () => {
    const error = { name: "ThrottlingException", $metadata: { requestId: "a\nb" } };
    expect(classifyError(error)).not.toHaveProperty("requestId");
  });
});
