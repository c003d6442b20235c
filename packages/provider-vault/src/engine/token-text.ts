import { isSecret, type Secret } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";

/** A token as it is handed in. */
export type TokenInput = Secret | string;

/** The text of a token, checked before it gets near a header. @throws InvalidValueError, without it */
export function tokenText(token: TokenInput): string {
  const text = isSecret(token) ? token.text().trim() : String(token).trim();
  if (/^[\u0021-\u007e]{1,8192}$/u.test(text)) return text;
  throw vaultError("InvalidValue", "This is not a token.", {
    reason: "malformed-token",
    field: "token",
    advice: "Pass the token alone, without spaces or line breaks.",
  });
}
