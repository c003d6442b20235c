import { vaultError } from "../errors/vault-error.js";
import type { AuthMethod } from "./auth-method.js";
import { checkTokenText } from "./token-text.js";

/** A token that was given once. */
export function staticToken(token: string | undefined): AuthMethod {
  return {
    async token() {
      if (token === undefined) {
        throw vaultError("Unauthenticated", "There is no Vault token.", {
          reason: "no-token",
          advice: "Set VAULT_TOKEN or the option auth.",
        });
      }
      return checkTokenText(token, "VAULT_TOKEN or the option auth.token");
    },
    replace: () => Promise.resolve(false),
    close: () => undefined,
  };
}
