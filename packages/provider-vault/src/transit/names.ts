import { vaultError } from "../errors/vault-error.js";

/** What Vault takes as the name of a key. */
const keyName = /^\w(?:[\w.-]*\w)?$/u;

/** Longest name here; Vault says nothing of one, its storage and URLs do. */
const maxKeyNameLength = 200;

/**
 * Checks the name of a key. Nothing in it needs encoding then.
 * @throws InvalidRefError, before any request
 */
export function checkKeyName(name: string): string {
  if (typeof name === "string" && name.length <= maxKeyNameLength && keyName.test(name)) {
    // One that Vault's router would take for something else.
    if (!name.includes("..")) return name;
  }
  throw vaultError("InvalidRef", "This is not a name that a key can have.", {
    reason: "invalid-key-name",
    field: "key",
    advice:
      "Use letters, digits, underscores, and dots or dashes between them, at most 200 characters.",
  });
}
