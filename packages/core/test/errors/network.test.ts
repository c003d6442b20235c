import { expect, test } from "vitest";
import { networkFailure, networkReasonOf } from "../../src/index.js";

test.each([
  ["ECONNREFUSED", "connection-refused", "Unavailable"],
  ["EAI_AGAIN", "host-not-found", "Unavailable"],
  ["ECONNRESET", "connection-lost", "Unavailable"],
  ["ENETUNREACH", "unreachable", "Unavailable"],
  ["EMFILE", "too-many-open-files", "Unavailable"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls-untrusted", "Config"],
  ["CERT_HAS_EXPIRED", "tls-expired", "Config"],
  ["CERT_NOT_YET_VALID", "tls-not-yet-valid", "Config"],
  ["CERT_REVOKED", "tls-revoked", "Config"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls-wrong-name", "Config"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls-not-spoken", "Config"],
  ["HPE_INVALID_CONSTANT", "not-http", "Unavailable"],
] as const)("%s is %s, an error of code %s", (code, reason, errorCode) => {
  expect(networkReasonOf(code)).toBe(reason);
  expect(networkFailure(reason, { service: "the server" })).toMatchObject({
    code: errorCode,
    reason,
  });
});

test("other codes, and names that every object has, are no network failures", () => {
  for (const code of ["ENOENT", "constructor", "__proto__", "", undefined, 5]) {
    expect(networkReasonOf(code)).toBeUndefined();
  }
});

test("a driver names its service and its own options", () => {
  const failure = networkFailure("tls-untrusted", {
    service: "Key Vault",
    advice: { "tls-untrusted": "Set tls.caFile." },
  });
  expect(failure.what).toBe(
    "The certificate of Key Vault is signed by an authority that is not trusted here.",
  );
  expect(failure.advice).toBe("Set tls.caFile.");
});
