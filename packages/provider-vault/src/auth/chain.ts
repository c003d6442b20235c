import { isSecretError } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import { unbounded, type AuthMethod, type TokenEnding } from "./auth-method.js";
import { absentCredentials } from "./login-method.js";

/**
 * Several methods in a fixed order: the first that has credentials on this machine is used from
 * then on. A method whose credentials Vault refuses ends the search: trying the others would hide
 * what is wrong, and could log in as somebody else.
 */
export function chain(methods: readonly AuthMethod[]): AuthMethod {
  let chosen: AuthMethod | undefined;

  const choose = async (signal: AbortSignal): Promise<string> => {
    for (const method of methods) {
      try {
        const token = await method.token(signal);
        chosen ??= method;
        return chosen === method ? token : await chosen.token(signal);
      } catch (error) {
        const absent =
          isSecretError(error, "Unauthenticated") && absentCredentials.has(error.reason ?? "");
        if (!absent) throw error;
      }
    }
    throw vaultError("Unauthenticated", "No method of auth.methods has credentials here.", {
      reason: "no-credentials",
      advice: "Give one of them what it needs, or add a method that fits this machine.",
    });
  };

  return {
    token: (signal) => (chosen === undefined ? choose(signal) : chosen.token(signal)),
    replace: (token, signal) => chosen?.replace(token, signal) ?? Promise.resolve(false),
    hold: (token) => chosen?.hold(token) ?? unbounded,
    onSucceeded(listener: (ending: TokenEnding) => void) {
      const unsubscribe = methods.map((method) => method.onSucceeded(listener));
      return () => {
        for (const each of unsubscribe) each();
      };
    },
    async close() {
      await Promise.all(methods.map((method) => method.close()));
    },
  };
}
