import type { ErrorClassification } from "@kinko/core";

/** What can happen on the way to the service. */
export type NetworkReason = keyof typeof meanings;

const again = "Try again; if it stays so, check the network in between.";

const meanings = {
  "connection-refused": {
    code: "Unavailable",
    what: "Nothing listens at the address of Secret Manager.",
    advice: "Check the options apiEndpoint and port, and the proxy.",
  },
  "host-not-found": {
    code: "Unavailable",
    what: "The host of Secret Manager is not known.",
    advice: "Check apiEndpoint, location and the name service of this machine.",
  },
  "connection-lost": {
    code: "Unavailable",
    what: "The connection to Secret Manager was lost.",
    advice: again,
  },
  unreachable: {
    code: "Unavailable",
    what: "The address of Secret Manager cannot be reached.",
    advice: "Check the network, the proxy and firewalls in between.",
  },
  "too-many-open-files": {
    code: "Unavailable",
    what: "This process has no file descriptor left for a connection.",
    advice: "Raise its limit, or look for what keeps them open.",
  },
  "tls-untrusted": {
    code: "Config",
    what: "The certificate is not signed by an authority that is trusted here.",
    advice: "Set tls.caFile to the authority's certificate, or check what is in between.",
  },
  "tls-expired": {
    code: "Config",
    what: "The certificate, or its authority's, has expired.",
    advice: "Check the clock of this machine, and what is in front of the service.",
  },
  "tls-not-yet-valid": {
    code: "Config",
    what: "The certificate is not valid yet.",
    advice: "Check the clock of this machine.",
  },
  "tls-wrong-name": {
    code: "Config",
    what: "The certificate is for another name than the address has.",
    advice: "Use the name in the certificate in apiEndpoint.",
  },
  "tls-not-spoken": {
    code: "Config",
    what: "What answers at the address does not speak TLS as expected.",
    advice: "Check the port, and the proxy.",
  },
  "proxy-refused": {
    code: "Unavailable",
    what: "The proxy does not let the connection through.",
    advice: "Check the proxy's address, its credentials and what it allows.",
  },
} as const satisfies Record<string, Omit<ErrorClassification, "reason">>;

const byCode: Readonly<Record<string, NetworkReason>> = {
  ECONNREFUSED: "connection-refused",
  ENOTFOUND: "host-not-found",
  EAI_AGAIN: "host-not-found",
  ECONNRESET: "connection-lost",
  EPIPE: "connection-lost",
  ECONNABORTED: "connection-lost",
  ETIMEDOUT: "unreachable",
  EHOSTUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EMFILE: "too-many-open-files",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls-untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "tls-untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "tls-untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls-untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls-untrusted",
  CERT_SIGNATURE_FAILURE: "tls-untrusted",
  CERT_UNTRUSTED: "tls-untrusted",
  INVALID_CA: "tls-untrusted",
  CERT_HAS_EXPIRED: "tls-expired",
  CERT_NOT_YET_VALID: "tls-not-yet-valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls-wrong-name",
  EPROTO: "tls-not-spoken",
};

/** What gRPC says, which drops the codes; only looked at, never shown. */
const byText: readonly (readonly [RegExp, NetworkReason])[] = [
  [/ECONNREFUSED/u, "connection-refused"],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/iu, "host-not-found"],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/u, "unreachable"],
  [/altnames|ERR_TLS_CERT_ALTNAME_INVALID/u, "tls-wrong-name"],
  [/certificate has expired/u, "tls-expired"],
  [/certificate is not yet valid/u, "tls-not-yet-valid"],
  [/self[- ]signed|unable to verify the first|unable to get (?:local )?issuer/u, "tls-untrusted"],
  [/SSL routines|wrong version number|EPROTO/u, "tls-not-spoken"],
  [/ECONNRESET|EPIPE|Connection dropped|socket hang up/u, "connection-lost"],
];

export function networkReasonIn(text: string): NetworkReason | undefined {
  return byText.find(([pattern]) => pattern.test(text))?.[1];
}

/** What an error code of Node's sockets means; undefined for other codes. */
export function networkReasonOf(code: unknown): NetworkReason | undefined {
  if (typeof code !== "string") return undefined;
  const known = byCode[code];
  if (known !== undefined) return known;
  if (code.startsWith("HPE_")) return "connection-lost";
  return /^ERR_(?:SSL|TLS|OSSL)_/u.test(code) ? "tls-not-spoken" : undefined;
}

export function networkMeaning(reason: NetworkReason): ErrorClassification {
  return { ...meanings[reason], reason };
}
