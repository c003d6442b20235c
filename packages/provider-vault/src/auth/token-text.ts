import { vaultError } from "../errors/vault-error.js";

/**
 * Checks that a token can be sent in a header, before it gets near one: an error of the HTTP client
 * would quote it.
 * @throws UnauthenticatedError, which does not quote it either
 */
export function checkTokenText(token: string, from: string): string {
  const text = token.trim();
  if (text === "") {
    throw vaultError("Unauthenticated", `There is no token in ${from}.`, {
      reason: "no-token",
      advice: "Put one there, or log in with `vault login`.",
    });
  }
  if (!/^[\u0021-\u007e]{1,8192}$/u.test(text)) {
    throw vaultError(
      "Unauthenticated",
      `What ${from} holds is not a token: it has spaces, line breaks or other characters that no token has.`,
      {
        reason: "malformed-token",
        advice: "Put the token there, alone.",
      },
    );
  }
  return text;
}
