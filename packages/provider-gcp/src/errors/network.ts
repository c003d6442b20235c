import { networkFailure, networkReasonOf as nodeReasonOf } from "@kinko/core";
import type { ErrorClassification, NetworkReason as NodeReason, NetworkWords } from "@kinko/core";

/** What can happen on the way to the service. */
export type NetworkReason = NodeReason | "proxy-refused";

const words: NetworkWords = {
  service: "Secret Manager",
  advice: {
    "connection-refused": "Check the options apiEndpoint and port, and the proxy.",
    "host-not-found": "Check apiEndpoint, location and the name service of this machine.",
    "tls-untrusted": "Set tls.caFile to the authority's certificate, or check what is in between.",
    "tls-expired": "Check the clock of this machine, and what is in front of the service.",
    "tls-wrong-name": "Use the name in the certificate in apiEndpoint.",
    "tls-not-spoken": "Check the port, and the proxy.",
  },
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
  const reason = nodeReasonOf(code);
  return reason === "not-http" ? "connection-lost" : reason;
}

export function networkMeaning(reason: NetworkReason): ErrorClassification {
  if (reason !== "proxy-refused") return networkFailure(reason, words);
  return {
    code: "Unavailable",
    reason,
    what: "The proxy does not let the connection through.",
    advice: "Check the proxy's address, its credentials and what it allows.",
  };
}
