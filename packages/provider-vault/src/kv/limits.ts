import type { ProviderLimits } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import type { JsonObject } from "../client/answer.js";

/** Largest value as the application sees it. In base64 it still fits {@link maxEntryBytes}. */
const maxValueBytes = 512 * 1024;

/**
 * Largest map as Vault stores it: the 1 MiB of its integrated storage less what encryption, the
 * version's own fields and the name add.
 */
const maxEntryBytes = 1_000_000;

export const limits: ProviderLimits = {
  maxValueBytes,
  maxTags: 64,
  source:
    "https://developer.hashicorp.com/vault/docs/internals/limits: entries of integrated storage have at most 1 MiB, of Consul 512 KiB; custom metadata has at most 64 keys of 128 bytes with values of 512 bytes",
};

/**
 * Refuses a map that a storage of Vault would refuse after the request was made.
 * @throws TooLargeError before any request
 */
export function checkEntrySize(map: JsonObject): void {
  const text = JSON.stringify(map);
  // Six bytes is the most that one UTF-16 unit becomes.
  if (text.length * 6 <= maxEntryBytes) return;
  const bytes = Buffer.byteLength(text) + growthInGo(text);
  if (bytes <= maxEntryBytes) return;
  throw vaultError(
    "TooLarge",
    `The value takes ${bytes} bytes in the form in which Vault stores it; ${maxEntryBytes} fit.`,
    {
      reason: "encoded-too-large",
      advice: "Store a smaller value, or encrypt the data elsewhere and keep its key here.",
    },
  );
}

/** Vault stores JSON as Go writes it, with these characters as six bytes each. */
function growthInGo(text: string): number {
  let growth = 0;
  for (const character of text) {
    if (character === "<" || character === ">" || character === "&") growth += 5;
    else if (character === "\u2028" || character === "\u2029") growth += 3;
  }
  return growth;
}
