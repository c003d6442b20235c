import { vaultError } from "../errors/vault-error.js";

/** `vault:v3:` and base64. */
const form = /^vault:v(\d{1,9}):([A-Za-z0-9+/]*={0,2})$/u;

/** Nonce and tag of AES-GCM and ChaCha20-Poly1305; RSA is longer. */
const minBytes = 28;

/**
 * Checks what can be known of a ciphertext without its key.
 * @returns the version of the key that it was made with
 * @throws InvalidValueError, before any request; the ciphertext is not repeated
 */
export function checkCiphertext(ciphertext: string): number {
  if (typeof ciphertext !== "string" || !ciphertext.startsWith("vault:v")) {
    throw refuse("malformed-ciphertext", "This is no ciphertext of Vault.", "It begins vault:v1:.");
  }
  const match = form.exec(ciphertext);
  const text = match?.[2] ?? "";
  if (match === null || text.length % 4 !== 0) {
    throw refuse(
      "malformed-base64",
      "The ciphertext is not whole base64: it was changed or cut.",
      "Look for what stored only a part of it, or added to it.",
    );
  }
  if (Buffer.byteLength(text, "base64") < minBytes) {
    throw refuse(
      "ciphertext-truncated",
      "The ciphertext is shorter than any can be: it was cut.",
      "Look for what stored only a part of it, such as a column that is too short.",
    );
  }
  return Number(match[1]);
}

function refuse(reason: string, what: string, advice: string): Error {
  return vaultError("InvalidValue", what, { reason, field: "ciphertext", advice });
}
