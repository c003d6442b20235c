import type { ErrorClassification } from "@kinko/core";

type Meaning = Omit<ErrorClassification, "provider">;

const untrusted: Meaning = {
  code: "Config",
  reason: "tls-untrusted",
  what: "The vault's certificate is signed by an authority that is not trusted here.",
  advice: "Set tls.caFile to the PEM file of the authority that signed it.",
};
const lost: Meaning = {
  code: "Unavailable",
  reason: "connection-lost",
  what: "The connection to Key Vault was lost.",
  advice: "Try again; if it stays so, check the network in between.",
};
const unreachable: Meaning = {
  code: "Unavailable",
  reason: "unreachable",
  what: "The vault's address cannot be reached.",
  advice: "Check the network, the proxy and firewalls in between.",
};
const hostNotFound: Meaning = {
  code: "Unavailable",
  reason: "host-not-found",
  what: "The vault's host is not known.",
  advice: "Check the name of the vault in vaultUrl, and the name service of this machine.",
};
const noTls: Meaning = {
  code: "Config",
  reason: "tls-not-spoken",
  what: "What answers at the address does not speak TLS as expected.",
  advice: "Check the port of vaultUrl, and the proxy.",
};

const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    code: "Unavailable",
    reason: "connection-refused",
    what: "Nothing listens at the vault's address.",
    advice: "Check vaultUrl and the proxy.",
  },
  ENOTFOUND: hostNotFound,
  EAI_AGAIN: hostNotFound,
  ECONNRESET: lost,
  EPIPE: lost,
  ECONNABORTED: lost,
  REQUEST_SEND_ERROR: lost,
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
    what: "The vault's certificate, or its authority's, has expired.",
    advice: "Check the clock of this machine, and what is in front of the vault.",
  },
  CERT_NOT_YET_VALID: {
    code: "Config",
    reason: "tls-not-yet-valid",
    what: "The vault's certificate is not valid yet.",
    advice: "Check the clock of this machine.",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: "Config",
    reason: "tls-wrong-name",
    what: "The vault's certificate is for another name than the address has.",
    advice: "Use the name in the certificate in vaultUrl.",
  },
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
};

/** What a code of Node's HTTPS client means. Messages are not looked at: they quote too much. */
export function networkMeaning(code: unknown): ErrorClassification | undefined {
  if (typeof code !== "string") return undefined;
  const known = meanings[code];
  if (known !== undefined) return known;
  if (code.startsWith("HPE_")) {
    return {
      code: "Unavailable",
      reason: "not-key-vault",
      what: "What answers at the address does not speak HTTP.",
      advice: "Check the port of vaultUrl, and the proxy.",
    };
  }
  return /^ERR_(?:SSL|TLS|OSSL)_/u.test(code) ? noTls : undefined;
}
