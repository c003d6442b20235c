import type { ErrorClassification } from "@kinko/core";

type Meaning = Omit<ErrorClassification, "provider">;

const tlsAdvice =
  "Set tls.caFile (or VAULT_CACERT) to the PEM file of the authority that signed it; VAULT_SKIP_VERIFY is not honoured.";

const untrusted: Meaning = {
  code: "Config",
  reason: "tls-untrusted",
  what: "Vault's certificate is signed by an authority that is not trusted here.",
  advice: tlsAdvice,
};
const lost: Meaning = {
  code: "Unavailable",
  reason: "connection-lost",
  what: "The connection to Vault was lost.",
  advice: "Try again; if it stays so, check the network and what is in front of Vault.",
};
const unreachable: Meaning = {
  code: "Unavailable",
  reason: "unreachable",
  what: "Vault's address cannot be reached.",
  advice: "Check the network and firewalls in between.",
};
const noTls: Meaning = {
  code: "Config",
  reason: "tls-not-spoken",
  what: "What answers at the address does not speak TLS as expected.",
  advice: "Check the port, and whether the address should begin with http://.",
};
const hostNotFound: Meaning = {
  code: "Unavailable",
  reason: "host-not-found",
  what: "The host of Vault's address is not known.",
  advice: "Check the address, and the name service of this machine.",
};
const notHttp: Meaning = {
  code: "Unavailable",
  reason: "not-vault",
  what: "What answers at the address does not speak HTTP.",
  advice: "Check the port of the address.",
};
const badCertificateFile: Meaning = {
  code: "Config",
  reason: "tls-file-unusable",
  what: "A certificate or key in the tls options cannot be used.",
  advice: "Check that the files are PEM, complete, and belong together.",
};

const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    code: "Unavailable",
    reason: "connection-refused",
    what: "Nothing listens at Vault's address.",
    advice: "Check the address and that Vault runs.",
  },
  ENOTFOUND: hostNotFound,
  EAI_AGAIN: hostNotFound,
  ECONNRESET: lost,
  EPIPE: lost,
  ECONNABORTED: lost,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENETUNREACH: unreachable,
  ENETDOWN: unreachable,
  EADDRNOTAVAIL: unreachable,
  EMFILE: {
    code: "Unavailable",
    reason: "too-many-open-files",
    what: "This process has no file descriptor left for a connection.",
    advice: "Raise its limit, or look for what keeps them open.",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  INVALID_CA: untrusted,
  CERT_HAS_EXPIRED: {
    code: "Config",
    reason: "tls-expired",
    what: "Vault's certificate, or its authority's, has expired.",
    advice: "Renew it, and check the clock of this machine.",
  },
  CERT_NOT_YET_VALID: {
    code: "Config",
    reason: "tls-not-yet-valid",
    what: "Vault's certificate is not valid yet.",
    advice: "Check the clocks of this machine and of Vault's.",
  },
  CERT_REVOKED: {
    code: "Config",
    reason: "tls-revoked",
    what: "Vault's certificate is revoked.",
    advice: "Give Vault a new one; until then do not send it secrets.",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: "Config",
    reason: "tls-wrong-name",
    what: "Vault's certificate is for another name than the address has.",
    advice: "Use the name in the certificate as address, or set tls.serverName to it.",
  },
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_OSSL_PEM_NO_START_LINE: badCertificateFile,
  ERR_OSSL_PEM_BAD_BASE64_DECODE: badCertificateFile,
  ERR_OSSL_PEM_BAD_END_LINE: badCertificateFile,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: badCertificateFile,
};

/**
 * What an error of Node's HTTP client means. Only its code is read: its message, and for
 * certificates its properties, hold more than a log should.
 */
export function classifyError(error: unknown): ErrorClassification {
  const code = codeOf(error);
  const known = code === undefined ? undefined : meanings[code];
  if (known !== undefined) return known;
  if (code?.startsWith("HPE_") === true) return notHttp;
  if (code !== undefined && /^ERR_SSL_.*(?:CERTIFICATE|ALERT)/u.test(code)) {
    return {
      code: "Config",
      reason: "tls-client-certificate",
      what: "Vault refused the TLS connection, probably for want of a client certificate.",
      advice: "Set tls.certFile and tls.keyFile to a certificate that Vault accepts.",
    };
  }
  if (code !== undefined && /^ERR_(?:SSL|TLS|OSSL|CRYPTO)_/u.test(code)) return badCertificateFile;
  return { code: "Internal", reason: "unclassified" };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  if (typeof code === "string" && code !== "") return code;
  // Several addresses of one host were tried.
  return Array.isArray(errors) ? codeOf(errors[0]) : undefined;
}
