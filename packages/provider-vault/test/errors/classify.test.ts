import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { classifyError } from "../../src/errors/classify.js";

const canary = createCanary();

function nodeError(code: string): Error {
  return Object.assign(new Error(canary.value), { code, cert: { subject: canary.value } });
}

describe("an error of Node's HTTP client", () => {
  test.each([
    ["ECONNREFUSED", "Unavailable", "connection-refused"],
    ["ENOTFOUND", "Unavailable", "host-not-found"],
    ["ECONNRESET", "Unavailable", "connection-lost"],
    ["EHOSTUNREACH", "Unavailable", "unreachable"],
    ["EMFILE", "Unavailable", "too-many-open-files"],
    ["HPE_INVALID_CONSTANT", "Unavailable", "not-vault"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "Config", "tls-untrusted"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Config", "tls-untrusted"],
    ["CERT_HAS_EXPIRED", "Config", "tls-expired"],
    ["CERT_NOT_YET_VALID", "Config", "tls-not-yet-valid"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "Config", "tls-wrong-name"],
    ["EPROTO", "Config", "tls-not-spoken"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "Config", "tls-client-certificate"],
    ["ERR_OSSL_PEM_NO_START_LINE", "Config", "tls-file-unusable"],
    ["E_UNHEARD_OF", "Internal", "unclassified"],
  ])("%s is %s with reason %s, and is not quoted", (code, expected, reason) => {
    const classification = classifyError(nodeError(code));
    expect(classification).toMatchObject({ code: expected, reason });
    expectClean(classification, canary);
  });

  test("of several addresses is that of the first", () => {
    const error = new AggregateError([nodeError("ECONNREFUSED"), nodeError("EHOSTUNREACH")]);
    expect(classifyError(error).reason).toBe("connection-refused");
  });

  test.each([undefined, null, "text", 5, {}, { code: 5 }, { errors: [] }])(
    "%j does not make it fail",
    (error) => {
      expect(classifyError(error).code).toBe("Internal");
    },
  );
});
