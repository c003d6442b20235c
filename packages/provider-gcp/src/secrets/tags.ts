import { InvalidValueError } from "@kinko/core";
import { annotationsEndBytes } from "../limits.js";

export type Tags = Readonly<Record<string, string>>;

/**
 * Checks tags against the rules of annotations.
 * @throws InvalidValueError before any request, without quoting a tag
 */
export function checkTags(tags: Tags): Tags {
  let bytes = 0;
  for (const [key, text] of Object.entries(tags)) {
    if (!/^[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/u.test(key)) {
      throw invalid(
        "The name of a tag has 1 to 63 letters, digits, and between them hyphens, underscores and dots.",
      );
    }
    if (!text.isWellFormed()) throw invalid("A tag is not valid Unicode.");
    bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
  }
  if (bytes >= annotationsEndBytes) throw invalid("All tags together stay below 16 KiB.");
  return tags;
}

/** Annotations as tags. */
export function tagsOf(annotations: Readonly<Record<string, string>> | null | undefined): Tags {
  const tags = Object.create(null) as Record<string, string>;
  for (const [key, text] of Object.entries(annotations ?? {})) tags[key] = text;
  return tags;
}

function invalid(what: string): InvalidValueError {
  return new InvalidValueError(what, {
    reason: "invalid-tag",
    advice: "Name it otherwise, or keep fewer or shorter tags.",
  });
}
