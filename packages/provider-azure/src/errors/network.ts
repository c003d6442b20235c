import { networkFailure, networkReasonOf } from "@kinko/core";
import type { ErrorClassification, NetworkWords } from "@kinko/core";

const words: NetworkWords = {
  service: "Key Vault",
  advice: {
    "connection-refused": "Check vaultUrl and the proxy.",
    "host-not-found":
      "Check the name of the vault in vaultUrl, and the name service of this machine.",
    "tls-untrusted": "Set tls.caFile to the PEM file of the authority that signed it.",
    "tls-expired": "Check the clock of this machine, and what is in front of the vault.",
    "tls-wrong-name": "Use the name in the certificate in vaultUrl.",
    "tls-not-spoken": "Check the port of vaultUrl, and the proxy.",
  },
};

/** What a code of Node's HTTPS client means. Messages are not looked at: they quote too much. */
export function networkMeaning(code: unknown): ErrorClassification | undefined {
  // The SDK's own word for a request that did not get through.
  const reason = code === "REQUEST_SEND_ERROR" ? "connection-lost" : networkReasonOf(code);
  if (reason === undefined) return undefined;
  const failure = networkFailure(reason, words);
  return reason === "not-http"
    ? { ...failure, reason: "not-key-vault", advice: "Check the port of vaultUrl, and the proxy." }
    : failure;
}
