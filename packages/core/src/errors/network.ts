import type { SecretErrorCode } from "./codes.js";
import type { ErrorClassification } from "./wrap.js";

/** What can happen on the way to a server; the `reason` of the error. */
export type NetworkReason =
  | "connection-refused"
  | "host-not-found"
  | "connection-lost"
  | "unreachable"
  | "too-many-open-files"
  | "tls-untrusted"
  | "tls-expired"
  | "tls-not-yet-valid"
  | "tls-revoked"
  | "tls-wrong-name"
  | "tls-not-spoken"
  | "not-http";

const reasons: Readonly<Record<string, NetworkReason>> = {
  ECONNREFUSED: "connection-refused",
  ENOTFOUND: "host-not-found",
  EAI_AGAIN: "host-not-found",
  ECONNRESET: "connection-lost",
  ECONNABORTED: "connection-lost",
  EPIPE: "connection-lost",
  ERR_STREAM_PREMATURE_CLOSE: "connection-lost",
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
  CERT_REVOKED: "tls-revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls-wrong-name",
  EPROTO: "tls-not-spoken",
};

/**
 * What an error code of Node's sockets, TLS and HTTP means; undefined for every other code. Only
 * the code is looked at: messages of such errors quote addresses, headers and certificates.
 */
export function networkReasonOf(code: unknown): NetworkReason | undefined {
  if (typeof code !== "string") return undefined;
  if (Object.hasOwn(reasons, code)) return reasons[code];
  if (code.startsWith("HPE_")) return "not-http";
  return /^ERR_(?:SSL|TLS|OSSL)_/u.test(code) ? "tls-not-spoken" : undefined;
}

interface Words {
  readonly code: SecretErrorCode;
  readonly what: (service: string) => string;
  readonly advice: string;
}

const words: Readonly<Record<NetworkReason, Words>> = {
  "connection-refused": {
    code: "Unavailable",
    what: (service) => `Nothing listens at the address of ${service}.`,
    advice: "Check the address and the proxy, and that the server runs.",
  },
  "host-not-found": {
    code: "Unavailable",
    what: (service) => `The host of ${service} is not known.`,
    advice: "Check the address, and the name service of this machine.",
  },
  "connection-lost": {
    code: "Unavailable",
    what: (service) => `The connection to ${service} was lost.`,
    advice: "Try again; if it stays so, check the network in between.",
  },
  unreachable: {
    code: "Unavailable",
    what: (service) => `The address of ${service} cannot be reached.`,
    advice: "Check the network, the proxy and firewalls in between.",
  },
  "too-many-open-files": {
    code: "Unavailable",
    what: () => "This process has no file descriptor left for a connection.",
    advice: "Raise its limit, or look for what keeps them open.",
  },
  "tls-untrusted": {
    code: "Config",
    what: (service) =>
      `The certificate of ${service} is signed by an authority that is not trusted here.`,
    advice: "Name the PEM file of the authority that signed it in the options.",
  },
  "tls-expired": {
    code: "Config",
    what: (service) => `The certificate of ${service}, or its authority's, has expired.`,
    advice: "Renew it, and check the clock of this machine.",
  },
  "tls-not-yet-valid": {
    code: "Config",
    what: (service) => `The certificate of ${service} is not valid yet.`,
    advice: "Check the clock of this machine.",
  },
  "tls-revoked": {
    code: "Config",
    what: (service) => `The certificate of ${service} is revoked.`,
    advice: "Have it replaced; until then do not send secrets there.",
  },
  "tls-wrong-name": {
    code: "Config",
    what: (service) => `The certificate of ${service} is for another name than the address has.`,
    advice: "Use the name in the certificate as address.",
  },
  "tls-not-spoken": {
    code: "Config",
    what: (service) => `What answers at the address of ${service} does not speak TLS as expected.`,
    advice: "Check the port of the address, and the proxy.",
  },
  "not-http": {
    code: "Unavailable",
    what: (service) => `What answers at the address of ${service} does not speak HTTP.`,
    advice: "Check the port of the address, and the proxy.",
  },
};

/** How a driver speaks of its server in network errors. */
export interface NetworkWords {
  /** Such as `Key Vault`, put into "The connection to … was lost." */
  readonly service: string;
  /** What to do next, where the driver can name its own option. */
  readonly advice?: Readonly<Partial<Record<NetworkReason, string>>> | undefined;
}

/**
 * The classification of a network failure, for `classifyError` of a driver.
 *
 * @example
 * const reason = networkReasonOf(error.code);
 * if (reason !== undefined) return networkFailure(reason, { service: "Key Vault" });
 */
export function networkFailure(reason: NetworkReason, driver: NetworkWords): ErrorClassification {
  const { code, what, advice } = words[reason];
  return { code, reason, what: what(driver.service), advice: driver.advice?.[reason] ?? advice };
}
