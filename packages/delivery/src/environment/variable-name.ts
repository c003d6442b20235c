import { ConfigError } from "@kinko/core";

/**
 * The variable that a secret becomes: its parts joined by `_`, in upper case, with every other
 * character as `_`. A change from lower to upper case starts a word, and a name that would start
 * with a digit gets a `_` before it.
 *
 * @param source how an error calls it; default: the parts joined by slashes
 * @throws ConfigError with the reason `invalid-variable` when no ASCII letter or digit is left.
 * @example
 * variableName(["db-password"]); // "DB_PASSWORD"
 * variableName(["db", "connectionString"]); // "DB_CONNECTION_STRING"
 */
export function variableName(parts: readonly string[], source = parts.join("/")): string {
  const name = parts
    .join("_")
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .replaceAll(/[^A-Za-z0-9_]/gu, "_")
    .toUpperCase();
  if (!/[A-Z0-9]/u.test(name)) {
    throw new ConfigError(`${source} has no letter or digit for a variable's name.`, {
      reason: "invalid-variable",
      advice: "Choose its variable with a manifest.",
    });
  }
  return /^[0-9]/u.test(name) ? `_${name}` : name;
}
