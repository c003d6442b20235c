import { segmentProblem, type SecretPath } from "@kinko/core";
import { localError } from "./errors.js";

/**
 * The key of a secret inside the document: its segments joined by slashes. Core refuses segments
 * with slashes, so two paths never share a key, and any other character is kept as it is.
 */
export function keyOf(path: SecretPath): string {
  return path.join("/");
}

/**
 * The path of a key that came out of a document. Whoever knows a recipient can make a document, so
 * a name is not trusted: one that could escape from where somebody exports it to is refused.
 */
export function pathOf(key: string): SecretPath {
  const path = key.split("/");
  if (path.some((segment) => segmentProblem(segment) !== undefined)) {
    throw localError(
      "Corrupt",
      "corrupt-store",
      "The store holds a name that Kinko never writes.",
      "Decrypt it with age, remove that name, and find out who wrote it.",
    );
  }
  return path;
}
