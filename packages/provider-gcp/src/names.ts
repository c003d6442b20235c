import { InvalidRefError, rememberByPath, segmentProblem, type SecretPath } from "@kinko/core";

/** Longest name that Secret Manager takes. */
export const maxNameLength = 255;

/** How paths and names of Secret Manager belong together. */
export interface NameCodec {
  /** @throws InvalidRefError for a path that has no name, before any request */
  encode(path: SecretPath): string;
  /** Undefined for a name that no path has, which another tool has made. */
  decode(name: string): SecretPath | undefined;
  /**
   * What the name of everything beneath these segments begins with; undefined when nothing can be
   * beneath. @throws InvalidRefError
   */
  prefix(path: SecretPath): string | undefined;
}

/**
 * Paths in names of `[A-Za-z0-9_-]`, where case counts. Letters, digits, hyphens and single
 * underscores stand for themselves:
 *
 * | in the name | means |
 * |---|---|
 * | `__` | `/` |
 * | `_0d` | `.` |
 * | `_0x`, hex digits, `_` | the characters of these UTF-8 bytes |
 * | `_0_` | an underscore where a plain one would mean something else |
 *
 * `prod/app/db` is `prod__app__db`, `prod/db_url` is `prod__db_url`. One path has exactly one name;
 * a name that spells a path in another way is not decoded.
 */
export const encodedNames: NameCodec = {
  encode: rememberByPath((path) => {
    const name = encodePath(path);
    if (name.length <= maxNameLength) return name;
    throw new InvalidRefError(
      `The path takes ${name.length} characters as a name of Secret Manager; ${maxNameLength} fit.`,
      {
        reason: "name-too-long",
        advice: "Choose a shorter one; special characters take several.",
      },
    );
  }),
  decode(name) {
    const path = decodePath(name);
    if (path === undefined || path.some((segment) => segmentProblem(segment) !== undefined)) {
      return undefined;
    }
    return encodePath(path) === name ? path : undefined;
  },
  prefix(path) {
    if (path.length === 0) return "";
    // Any following segment gives the same beginning, up to its own first character.
    return this.encode(path) === "" ? undefined : encodePath([...path, "x"]).slice(0, -1);
  },
};

/** Names as they stand in the project; a path is one segment, with nothing beneath it. */
export const rawNames: NameCodec = {
  encode(path) {
    const [name, ...rest] = path;
    if (name !== undefined && rest.length === 0 && /^[A-Za-z0-9_-]{1,255}$/u.test(name)) {
      return name;
    }
    throw new InvalidRefError("With naming: raw, a path is one name of Secret Manager.", {
      reason: "not-a-secret-manager-name",
      advice: "Write 1 to 255 letters, digits, hyphens and underscores, or use naming: encoded.",
    });
  },
  decode: (name) => [name],
  prefix(path) {
    if (path.length === 0) return "";
    this.encode(path);
    return undefined;
  },
};

function encodePath(path: SecretPath): string {
  // From the end to the start, because what an underscore means depends on what follows it.
  return path.reduceRight(
    (following, segment, index) =>
      encodeSegment(segment, index === path.length - 1 ? "" : `__${following}`),
    "",
  );
}

function encodeSegment(segment: string, following: string): string {
  const parts = segment.match(/[0-9A-Za-z_.-]|[^0-9A-Za-z_.-]+/gu) ?? [];
  return parts.reduceRight((after, part) => encodePart(part, after) + after, following);
}

function encodePart(part: string, following: string): string {
  if (/^[0-9A-Za-z-]$/u.test(part)) return part;
  if (part === ".") return "_0d";
  if (part === "_") return /^(?:_|0[dx_])/u.test(following) ? "_0_" : "_";
  return `_0x${Buffer.from(part).toString("hex")}_`;
}

function decodePath(name: string): string[] | undefined {
  const segments: string[] = [];
  let segment = "";
  const tokens = /__|_0(?:[d_]|x((?:[0-9a-f]{2})+)_)|[0-9A-Za-z-]|_/gy;
  while (tokens.lastIndex < name.length) {
    const match = tokens.exec(name);
    if (match === null) return undefined;
    const [token, hex] = match;
    if (token === "__") {
      segments.push(segment);
      segment = "";
    } else if (token === "_0d") segment += ".";
    else if (token === "_0_") segment += "_";
    else if (hex !== undefined) segment += Buffer.from(hex, "hex").toString("utf8");
    else segment += token;
  }
  return [...segments, segment];
}
