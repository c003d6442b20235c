import { networkFailure, networkReasonOf } from "@kinko/core";
import type { ErrorClassification, NetworkWords } from "@kinko/core";

const words: NetworkWords = {
  service: "Vault",
  advice: {
    "connection-refused": "Check the address and that Vault runs.",
    "tls-untrusted":
      "Set tls.caFile (or VAULT_CACERT) to the PEM file of the authority that signed it; VAULT_SKIP_VERIFY is not honoured.",
    "tls-wrong-name": "Use the name in the certificate as address, or set tls.serverName to it.",
    "tls-not-spoken": "Check the port, and whether the address should begin with http://.",
  },
};
const notVault: ErrorClassification = {
  code: "Unavailable",
  reason: "not-vault",
  what: "What answers at the address does not speak HTTP.",
  advice: "Check the port of the address.",
};
const badCertificateFile: ErrorClassification = {
  code: "Config",
  reason: "tls-file-unusable",
  what: "A certificate or key in the tls options cannot be used.",
  advice: "Check that the files are PEM, complete, and belong together.",
};
const clientCertificateWanted: ErrorClassification = {
  code: "Config",
  reason: "tls-client-certificate",
  what: "Vault refused the TLS connection, probably for want of a client certificate.",
  advice: "Set tls.certFile and tls.keyFile to a certificate that Vault accepts.",
};

/** OpenSSL's codes for an answer that is no TLS; its other codes are about our own certificate. */
const noTls = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/u;

/**
 * What an error of Node's HTTP client means. Only its code is read: its message, and for
 * certificates its properties, hold more than a log should.
 */
export function classifyError(error: unknown): ErrorClassification {
  const code = codeOf(error) ?? "";
  if (/^ERR_SSL_.*(?:CERTIFICATE|ALERT)/u.test(code)) return clientCertificateWanted;
  if (/^ERR_(?:SSL|OSSL|CRYPTO)_/u.test(code) && !noTls.test(code)) return badCertificateFile;
  const reason = networkReasonOf(code);
  if (reason === undefined) return { code: "Internal", reason: "unclassified" };
  return reason === "not-http" ? notVault : networkFailure(reason, words);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  if (typeof code === "string" && code !== "") return code;
  // Several addresses of one host were tried.
  return Array.isArray(errors) ? codeOf(errors[0]) : undefined;
}
