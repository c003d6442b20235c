import type { ErrorClassification } from "@kinko/core";

type Meaning = Omit<ErrorClassification, "provider">;

const untrusted: Meaning = {
  code: "Config",
  reason: "tls-untrusted",
  what: "The certificate of the AWS endpoint is signed by an authority that is not trusted here.",
  advice: "Set caFile (or AWS_CA_BUNDLE) to the PEM file of the authority that signed it.",
};
const lost: Meaning = {
  code: "Unavailable",
  reason: "connection-lost",
  what: "The connection to AWS was lost.",
  advice: "Try again; if it stays so, check the network in between.",
};
const unreachable: Meaning = {
  code: "Unavailable",
  reason: "unreachable",
  what: "The AWS endpoint cannot be reached.",
  advice: "Check the network, and whether a proxy or a VPC endpoint is needed.",
};
const hostNotFound: Meaning = {
  code: "Unavailable",
  reason: "host-not-found",
  what: "The host of the AWS endpoint is not known.",
  advice: "Check the region, the endpoint, and the name service of this machine.",
};
const noTls: Meaning = {
  code: "Config",
  reason: "tls-not-spoken",
  what: "What answers at the AWS endpoint does not speak TLS as expected.",
  advice: "Check the endpoint and its port, and the proxy.",
};

const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    code: "Unavailable",
    reason: "connection-refused",
    what: "Nothing listens at the AWS endpoint.",
    advice: "Check the endpoint and the proxy.",
  },
  ENOTFOUND: hostNotFound,
  EAI_AGAIN: hostNotFound,
  ECONNRESET: lost,
  ECONNABORTED: lost,
  EPIPE: lost,
  ERR_STREAM_PREMATURE_CLOSE: lost,
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
    what: "The certificate of the AWS endpoint, or its authority's, has expired.",
    advice: "Renew it, and check the clock of this machine.",
  },
  CERT_NOT_YET_VALID: {
    code: "Config",
    reason: "tls-not-yet-valid",
    what: "The certificate of the AWS endpoint is not valid yet.",
    advice: "Check the clock of this machine.",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: "Config",
    reason: "tls-wrong-name",
    what: "The certificate of the AWS endpoint is for another name.",
    advice: "Use the name in the certificate as endpoint.",
  },
  EPROTO: noTls,
};

/** What an error of Node's HTTP client means, by its code alone; undefined for everything else. */
export function classifyTransportError(code: string): Meaning | undefined {
  const known = meanings[code];
  if (known !== undefined) return known;
  if (/^ERR_(?:SSL|TLS|OSSL)_/u.test(code)) return noTls;
  if (code.startsWith("HPE_")) {
    return {
      code: "Unavailable",
      reason: "bad-answer",
      what: "What answers at the AWS endpoint does not speak HTTP.",
      advice: "Check the endpoint and its port.",
    };
  }
  return undefined;
}
