import { InvalidValueError } from "@kinko/core";
import { isObject } from "../client/answer.js";

/** Vault's limits of custom metadata; see `limits.source`. */
const maxTags = 64;
const maxKeyBytes = 128;
const maxTextBytes = 512;

/**
 * Checks tags against Vault's limits.
 * @throws InvalidValueError before any request, without quoting a tag
 */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  if (entries.length > maxTags) throw invalid(`Vault keeps at most ${maxTags} tags with a secret.`);
  for (const [key, text] of entries) {
    if (key === "" || Buffer.byteLength(key) > maxKeyBytes) {
      throw invalid(`The name of a tag has 1 to ${maxKeyBytes} bytes.`);
    }
    if (text === "" || Buffer.byteLength(text) > maxTextBytes) {
      throw invalid(`The text of a tag has 1 to ${maxTextBytes} bytes.`);
    }
    if (/[^\P{C}]|[\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(key + text)) {
      throw invalid("A tag has a character that Vault does not take there.");
    }
  }
}

/** Tags of an answer. */
export function parseTags(customMetadata: unknown): Readonly<Record<string, string>> | undefined {
  if (!isObject(customMetadata)) return undefined;
  const tags = Object.create(null) as Record<string, string>;
  for (const [key, text] of Object.entries(customMetadata)) {
    if (typeof text === "string") tags[key] = text;
  }
  return tags;
}

function invalid(what: string): InvalidValueError {
  return new InvalidValueError(what, {
    reason: "invalid-tag",
    advice: "Keep fewer or shorter tags.",
  });
}
