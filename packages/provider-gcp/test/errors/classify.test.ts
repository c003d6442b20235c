import { isRetryableCode } from "@kinko/core";
import { describe, expect, test } from "vitest";
import { classifyError } from "../../src/errors/classify.js";
import { credentialError } from "../../src/errors/credential-error.js";
import { networkReasonIn } from "../../src/errors/network.js";
import { fromGrpcError, fromRestAnswer } from "../../src/errors/service-failure.js";

function grpc(
  code: number,
  details = "",
  statusDetails?: unknown,
): ReturnType<typeof classifyError> {
  return classifyError(fromGrpcError({ code, details, statusDetails }));
}

describe("a status of gRPC", () => {
  test("has words of its own, whichever it is", () => {
    for (let code = 0; code <= 16; code += 1) {
      const { reason, what, advice } = grpc(code, "secret text");
      expect(reason).toMatch(/^[a-z-]+$/u);
      expect(`${what} ${advice}`).toMatch(/^\S.*\.$/u);
      expect(`${what} ${advice}`).not.toContain("secret text");
    }
  });

  test.each([
    [5, "NotFound"],
    [7, "PermissionDenied"],
    [8, "RateLimited"],
    [14, "Unavailable"],
    [4, "Timeout"],
    [16, "Unauthenticated"],
    [15, "Corrupt"],
  ])("%i is %s", (code, expected) => {
    expect(grpc(code).code).toBe(expected);
  });

  test("that nobody knows is not taken for one", () => {
    expect(fromGrpcError({ code: 99 })).toBeUndefined();
    expect(fromGrpcError({ code: "ECONNRESET" })).toBeUndefined();
    expect(fromGrpcError(undefined)).toBeUndefined();
  });

  test("tells a network's trouble by what gRPC says, and only for UNAVAILABLE", () => {
    const text = "No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1";
    expect(grpc(14, text)).toMatchObject({ code: "Unavailable", reason: "connection-refused" });
    expect(grpc(7, text)).toMatchObject({ code: "PermissionDenied" });
    expect(networkReasonIn("self-signed certificate in certificate chain")).toBe("tls-untrusted");
    expect(networkReasonIn("certificate has expired")).toBe("tls-expired");
    expect(networkReasonIn("Hostname/IP does not match certificate's altnames")).toBe(
      "tls-wrong-name",
    );
    expect(networkReasonIn("Name resolution failed for target dns:x")).toBe("host-not-found");
  });

  test("takes the time to wait and the request id, and only in their forms", () => {
    const details = [
      { reason: "RATE_LIMIT_EXCEEDED" },
      { retryDelay: { seconds: "2", nanos: 500_000_000 } },
      { requestId: "abc-1" },
    ];
    expect(grpc(8, "", details)).toMatchObject({ retryAfterMs: 2_500, requestId: "abc-1" });
    const odd = [{ retryDelay: "soon" }, { requestId: "a secret\n" }, { reason: "lower case" }, 3];
    const { retryAfterMs, requestId } = grpc(8, "", odd);
    expect([retryAfterMs, requestId]).toEqual([undefined, undefined]);
  });
});

describe("an answer over REST", () => {
  test("that is Google's error is told by its status", () => {
    const body = JSON.stringify({
      error: { code: 403, status: "PERMISSION_DENIED", message: "m" },
    });
    expect(classifyError(fromRestAnswer(body, undefined)).code).toBe("PermissionDenied");
  });

  test.each(["", "<html>", "{", "null", '{"error":"x"}', '{"error":{"status":"NOT_OURS"}}'])(
    "that is none is not taken for one: %s",
    (body) => {
      expect(fromRestAnswer(body, undefined)).toBeUndefined();
    },
  );

  test("takes the header's time to wait where the body has none", () => {
    const error = { status: "RESOURCE_EXHAUSTED" };
    const ofHeader = fromRestAnswer(JSON.stringify({ error }), 3_000);
    expect(ofHeader?.retryAfterMs).toBe(3_000);
    const details = [{ retryDelay: "1.5s" }];
    const ofBody = fromRestAnswer(JSON.stringify({ error: { ...error, details } }), 3_000);
    expect(ofBody?.retryAfterMs).toBe(1_500);
  });
});

describe("a failure to get a token", () => {
  test.each([
    [{ code: "ENOENT" }, "Unauthenticated", "credential-file"],
    [new SyntaxError("quotes the key"), "Unauthenticated", "credential-malformed"],
    [{ status: 400 }, "Unauthenticated", "credential-rejected"],
    [{ response: { status: 401 } }, "Unauthenticated", "credential-rejected"],
    [{ status: 403 }, "Unauthenticated", "token-refused"],
    [{ status: 429 }, "RateLimited", "token-service-throttled"],
    [{ status: 503 }, "Unavailable", "token-service"],
    [{ code: "ECONNREFUSED" }, "Unavailable", "token-service-connection-refused"],
    [{ cause: { code: "ENOTFOUND" } }, "Unavailable", "token-service-host-not-found"],
    [new Error("Could not load the default credentials."), "Unauthenticated", "no-credential"],
    [undefined, "Unauthenticated", "no-credential"],
  ])("%j is %s, %s", (error, code, reason) => {
    expect(credentialError(error)).toMatchObject({ code, reason });
  });
});

test("what nobody knows is Internal, and not retried", () => {
  for (const error of [undefined, null, "text", 3, new Error("secret"), { code: "EWEIRD" }]) {
    const { code, what } = classifyError(error);
    expect(code).toBe("Internal");
    expect(isRetryableCode(code)).toBe(false);
    expect(what).toBeUndefined();
  }
});
