import { InvalidRefError } from "../errors/classes.js";

/** Largest path that core accepts, in UTF-8 bytes with its slashes; providers may allow less. */
export const maxPathBytes = 1024;

// C0, DEL, C1: terminals and log readers act on them. U+2028/9 end lines. The rest are invisible or
// reorder text, so that two different names look the same to the person who approves them.
const forbiddenCharacters =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;
const slashes = /[/\\]/;

/**
 * Returns why `segment` cannot be part of a path, or undefined when it can.
 *
 * The rules hold for every backend, so that a name that one store accepts does not escape from
 * the mount of another: not empty, not `.` or `..` (also percent-encoded, once or several times),
 * no slash or backslash, no control or invisible characters, no space at either end, Unicode in
 * its composed form (NFC).
 */
export function segmentProblem(segment: string): string | undefined {
  if (segment === "") return "has an empty segment";
  if (!segment.isWellFormed()) return "is not valid Unicode";
  if (forbiddenCharacters.test(segment)) return "has a control or invisible character";
  if (slashes.test(segment)) return "has a slash or backslash inside a segment";
  if (segment === "." || segment === "..") return `has the segment "${segment}"`;
  if (segment.trim() !== segment) return "has a space at the start or end of a segment";
  if (segment.normalize("NFC") !== segment) {
    return "has a character in decomposed Unicode form (use NFC)";
  }
  return encodedProblem(segment);
}

/** Servers and proxies may decode a name again, so its decoded forms must be harmless as well. */
function encodedProblem(segment: string): string | undefined {
  let current = segment;
  for (let round = 0; round < 4 && current.includes("%"); round += 1) {
    const decoded = current.replace(/%([0-9a-f]{2})/giu, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === current) return undefined;
    if (
      decoded === "." ||
      decoded === ".." ||
      slashes.test(decoded) ||
      // eslint-disable-next-line no-control-regex
      /[\u0000-\u001f\u007f]/u.test(decoded)
    ) {
      return "has a percent-encoded dot segment, slash or control character";
    }
    current = decoded;
  }
  return undefined;
}

/**
 * Checks a whole path and freezes it.
 * @throws InvalidRefError naming the rule that is broken; the offending text is not repeated,
 * since it may hold anything.
 */
export function checkPath(segments: readonly string[]): readonly string[] {
  if (!Array.isArray(segments) || segments.length === 0) {
    throw new InvalidRefError("The path of a secret is empty.", {
      reason: "empty-path",
      advice: "Name a secret, such as prod/app/db.",
    });
  }
  for (const segment of segments) {
    const problem =
      typeof segment === "string" ? segmentProblem(segment) : "has a segment that is not a string";
    if (problem !== undefined) {
      throw new InvalidRefError(`The path of a secret ${problem}.`, {
        reason: "invalid-path",
        advice: "Write it as plain segments joined by single slashes, such as prod/app/db.",
      });
    }
  }
  if (Buffer.byteLength(segments.join("/")) > maxPathBytes) {
    throw new InvalidRefError(`The path of a secret is longer than ${maxPathBytes} bytes.`, {
      reason: "path-too-long",
      advice: "Choose a shorter name.",
    });
  }
  return Object.freeze([...segments]);
}
