import { vaultError } from "../errors/vault-error.js";

/**
 * What destroys much is only done when the caller says its name twice.
 * @throws InvalidValueError before any request
 */
export function checkConfirmed(name: string, confirm: unknown): void {
  const bare = (text: string): string => text.replace(/^\/+|\/+$/gu, "");
  if (typeof confirm === "string" && bare(confirm) === bare(name)) return;
  throw vaultError("InvalidValue", "This destroys what is there, and was not confirmed.", {
    reason: "not-confirmed",
    field: "confirm",
    advice: "Pass confirm with the very path, if you are sure.",
  });
}
