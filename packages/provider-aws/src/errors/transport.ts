import { networkFailure, networkReasonOf } from "@kinko/core";
import type { ErrorClassification, NetworkWords } from "@kinko/core";

const words: NetworkWords = {
  service: "AWS",
  advice: {
    "connection-refused": "Check the endpoint and the proxy.",
    "host-not-found": "Check the region, the endpoint, and the name service of this machine.",
    unreachable: "Check the network, and whether a proxy or a VPC endpoint is needed.",
    "tls-untrusted":
      "Set caFile (or AWS_CA_BUNDLE) to the PEM file of the authority that signed it.",
    "tls-wrong-name": "Use the name in the certificate as endpoint.",
    "tls-not-spoken": "Check the endpoint and its port, and the proxy.",
  },
};

/** What answered is something else than AWS. */
export const badAnswer: ErrorClassification = {
  code: "Unavailable",
  reason: "bad-answer",
  what: "What answered is not AWS Secrets Manager, or its answer is cut off.",
  advice: "Check the endpoint, and whether a proxy or portal in between answers in its place.",
};

/** What an error of Node's HTTP client means, by its code alone; undefined for everything else. */
export function classifyTransportError(code: string): ErrorClassification | undefined {
  const reason = networkReasonOf(code);
  if (reason === undefined) return undefined;
  return reason === "not-http" ? badAnswer : networkFailure(reason, words);
}
