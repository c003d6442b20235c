import { usageError } from "../errors.js";

/** Tags from `--tag NAME=VALUE`; undefined without any, so that those of the secret stay. */
export function readTags(written: readonly string[]): Record<string, string> | undefined {
  if (written.length === 0) return undefined;
  const tags = new Map<string, string>();
  for (const text of written) {
    const equals = text.indexOf("=");
    if (equals < 1) {
      throw usageError(
        "A tag is not written as NAME=VALUE.",
        "invalid-option-value",
        "Write for example --tag owner=platform; tags are not secret.",
      );
    }
    tags.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return Object.fromEntries(tags);
}
