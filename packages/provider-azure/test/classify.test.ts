import { errorCodes } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, it } from "vitest";
import { classifyError } from "../src/errors/classify.js";
import { credentialError } from "../src/errors/credential-error.js";
import { serviceFailure } from "../src/errors/service-failure.js";

const canary = createCanary();

function failure(
  status: number,
  code?: string,
  innerCode?: string,
  headers: Readonly<Record<string, string>> = {},
): Error {
  const error = { code, message: canary.value, innererror: { code: innerCode } };
  return serviceFailure({
    status,
    header: (name) => headers[name],
    body: JSON.stringify({ error }),
  });
}

describe("failures of Key Vault", () => {
  it.each([
    [400, "BadParameter", undefined, "InvalidValue", "bad-request"],
    [401, "Unauthorized", undefined, "Unauthenticated", "token-rejected"],
    [403, "Forbidden", undefined, "PermissionDenied", "forbidden"],
    [403, "Forbidden", "AccessDenied", "PermissionDenied", "policy"],
    [403, "Forbidden", "ForbiddenByPolicy", "PermissionDenied", "policy"],
    [403, "Forbidden", "ForbiddenByRbac", "PermissionDenied", "rbac"],
    [403, "Forbidden", "ForbiddenByFirewall", "PermissionDenied", "firewall"],
    [403, "Forbidden", "ForbiddenByConnection", "PermissionDenied", "firewall"],
    [403, "Forbidden", "SecretDisabled", "Disabled", "disabled"],
    [404, "SecretNotFound", undefined, "NotFound", "not-found"],
    [404, undefined, undefined, "Config", "not-key-vault"],
    [404, "ResourceNotFound", undefined, "Config", "not-key-vault"],
    [405, "MethodNotAllowed", undefined, "Unsupported", "not-supported-there"],
    [408, undefined, undefined, "Timeout", "server-timeout"],
    [409, "Conflict", undefined, "Conflict", "conflict"],
    [409, "Conflict", "ObjectIsDeletedButRecoverable", "Deleted", "name-taken-by-deleted"],
    [409, "Conflict", "ObjectIsBeingDeleted", "Conflict", "being-deleted"],
    [409, "Conflict", "ObjectIsBeingRecovered", "Conflict", "being-recovered"],
    [413, undefined, undefined, "TooLarge", "too-large-for-key-vault"],
    [429, "Throttled", undefined, "RateLimited", "throttled"],
    [500, "InternalError", undefined, "Unavailable", "server-error"],
    [503, undefined, undefined, "Unavailable", "server-error"],
    [504, undefined, undefined, "Timeout", "gateway-timeout"],
    [302, undefined, undefined, "Internal", "unexpected-status"],
  ])("status %d, %s, %s is %s (%s)", (status, code, inner, expected, reason) => {
    const classification = classifyError(failure(status, code, inner));
    expect(classification).toMatchObject({ code: expected, reason });
    expect(errorCodes).toContain(classification.code);
    expect(classification.what).toContain(String(status));
    expectClean(classification, canary);
  });

  it("say when to come back, and by which id Azure knows them", () => {
    const error = failure(429, "Throttled", undefined, {
      "retry-after": "7",
      "x-ms-request-id": "1b4f5432-dd98-496c-b440-7240500deff2",
    });
    expect(classifyError(error)).toMatchObject({
      retryAfterMs: 7_000,
      requestId: "1b4f5432-dd98-496c-b440-7240500deff2",
    });
  });

  it("keep nothing that has not the form it should have", () => {
    const error = failure(409, canary.value, `${canary.value}!`, {
      "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT",
      "x-ms-request-id": `<${canary.value}>`,
    });
    expectClean(error, canary);
    expect(classifyError(error)).toMatchObject({ retryAfterMs: undefined, requestId: undefined });
  });

  it("tell a 404 of Key Vault from one without its end", () => {
    const header = (name: string): string | undefined =>
      name === "content-type" ? "application/json; charset=utf-8" : undefined;
    const error = serviceFailure({ status: 404, header, body: '{"error":{"code":"Secr' });
    expect(classifyError(error)).toMatchObject({ code: "Corrupt", retryable: true });
  });

  it.each(["", "<html>", "[]", "null", '{"error":7}'])("read a body of %j", (body) => {
    const error = serviceFailure({ status: 503, header: () => undefined, body });
    expect(classifyError(error).code).toBe("Unavailable");
  });
});

describe("errors of the SDK and of the network", () => {
  const sdkError = (fields: Readonly<Record<string, unknown>>): Error =>
    Object.assign(new Error(canary.value), { name: "RestError" }, fields);

  it.each([
    [sdkError({ code: "ECONNREFUSED" }), "Unavailable", "connection-refused"],
    [sdkError({ code: "ENOTFOUND" }), "Unavailable", "host-not-found"],
    [sdkError({ code: "ECONNRESET" }), "Unavailable", "connection-lost"],
    [sdkError({ code: "REQUEST_SEND_ERROR" }), "Unavailable", "connection-lost"],
    [sdkError({ code: "ETIMEDOUT" }), "Unavailable", "unreachable"],
    [sdkError({ code: "SELF_SIGNED_CERT_IN_CHAIN" }), "Config", "tls-untrusted"],
    [sdkError({ code: "ERR_TLS_CERT_ALTNAME_INVALID" }), "Config", "tls-wrong-name"],
    [sdkError({ code: "ERR_SSL_SOMETHING_NEW" }), "Config", "tls-not-spoken"],
    [sdkError({ code: "HPE_INVALID_CONSTANT" }), "Unavailable", "not-key-vault"],
    [sdkError({ code: "PARSE_ERROR" }), "Unavailable", "answer-truncated"],
    [sdkError({ code: "PARSE_ERROR", statusCode: 200 }), "Corrupt", "answer-malformed"],
    [sdkError({ statusCode: 401 }), "Unauthenticated", "token-rejected"],
    [Object.assign(new Error(canary.value), { name: "AbortError" }), "Aborted", "aborted"],
    [new TypeError(canary.value), "Internal", "unclassified"],
    [undefined, "Internal", "unclassified"],
    ["text", "Internal", "unclassified"],
  ])("%# is %s (%s)", (error, code, reason) => {
    const classification = classifyError(error);
    expect(classification).toMatchObject({ code, reason });
    expectClean(classification, canary);
  });
});

describe("errors of credentials", () => {
  const named = (name: string, fields: Readonly<Record<string, unknown>> = {}): Error =>
    Object.assign(new Error(canary.value), { name, response: canary.value }, fields);

  it.each([
    [named("CredentialUnavailableError"), "Unauthenticated", "no-credential"],
    [named("AggregateAuthenticationError"), "Unauthenticated", "no-credential"],
    [named("AuthenticationRequiredError"), "Unauthenticated", "login-required"],
    [named("AuthenticationError", { statusCode: 401 }), "Unauthenticated", "credential-rejected"],
    [named("AuthenticationError", { statusCode: 429 }), "RateLimited", "identity-throttled"],
    [named("AuthenticationError", { statusCode: 503 }), "Unavailable", "identity-failed"],
    [
      named("ClientAuthError", { errorCode: "network_error" }),
      "Unavailable",
      "identity-unreachable",
    ],
    [
      named("AuthenticationRequiredError", { cause: named("RestError", { code: "ENOTFOUND" }) }),
      "Unavailable",
      "identity-unreachable",
    ],
    [
      Object.assign(named("CredentialUnavailableError"), {
        message: `endpoints_resolution_error: ${canary.value}`,
      }),
      "Unavailable",
      "identity-unreachable",
    ],
    [
      Object.assign(named("AuthenticationRequiredError"), {
        message: `invalid_client: ${canary.value}`,
      }),
      "Unauthenticated",
      "credential-rejected",
    ],
    [named("Anything"), "Unauthenticated", "credential-rejected"],
    [undefined, "Unauthenticated", "credential-rejected"],
  ])("%# is %s (%s)", (error, code, reason) => {
    const result = credentialError(error);
    expect(result).toMatchObject({ code, reason });
    expectClean(result, canary);
  });
});
