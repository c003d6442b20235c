import { InvalidRefError, rememberByPath, segmentProblem, type SecretPath } from "@kinko/core";

/** Longest name that Key Vault takes. */
export const maxNameLength = 127;

/** How paths and Key Vault's names belong together. */
export interface NameCodec {
  /** @throws InvalidRefError for a path that has no name, before any request */
  encode(path: SecretPath): string;
  /** Undefined for a name that no path has, which another tool has made. */
  decode(name: string): SecretPath | undefined;
}

/**
 * Paths in names of `[0-9a-z-]`, which differ in more than the case of their letters, as Key Vault
 * demands. Lower-case letters, digits and single hyphens stand for themselves:
 *
 * | in the name | means |
 * |---|---|
 * | `--` | `/` |
 * | `-0u`, `-0d` | `_`, `.` |
 * | `-0c` and a letter | that letter as a capital |
 * | `-0l` at the start of a segment | all letters of the segment are capitals |
 * | `-0x`, hex digits, `-` | the characters of these UTF-8 bytes |
 * | `-0-` | a hyphen where a plain one would mean something else |
 *
 * `prod/app/db` is `prod--app--db`, `prod/DB_PASSWORD` is `prod---0ldb-0upassword`. One path has
 * exactly one name; a name that spells a path in another way is not decoded.
 */
export const encodedNames: NameCodec = {
  encode: rememberByPath((path) => {
    const name = encodePath(path);
    if (name.length <= maxNameLength) return name;
    throw new InvalidRefError(
      `The path takes ${name.length} characters as a name of Key Vault; ${maxNameLength} fit.`,
      {
        reason: "name-too-long",
        advice: "Choose a shorter one; capitals and special characters take several.",
      },
    );
  }),
  decode(name) {
    const lower = name.toLowerCase();
    const path = decodePath(lower);
    if (path === undefined || path.some((segment) => segmentProblem(segment) !== undefined)) {
      return undefined;
    }
    return encodePath(path) === lower ? path : undefined;
  },
};

/** Names as they stand in the vault; a path is one segment. */
export const rawNames: NameCodec = {
  encode(path) {
    const [name, ...rest] = path;
    if (name !== undefined && rest.length === 0 && /^[0-9A-Za-z-]{1,127}$/u.test(name)) return name;
    throw new InvalidRefError("With naming: raw, a path is one name of Key Vault.", {
      reason: "not-a-key-vault-name",
      advice: "Write 1 to 127 letters, digits and hyphens, or use naming: encoded.",
    });
  },
  decode: (name) => [name],
};

/** Segments of ordinary paths, in which every character stands for itself. */
const plainSegment = /^[1-9a-z][0-9a-z]*(?:-[1-9a-z][0-9a-z]*)*$/u;

function encodePath(path: SecretPath): string {
  if (path.every((segment) => plainSegment.test(segment))) return path.join("--");
  // From the end to the start, because what a hyphen means depends on what follows it.
  return path.reduceRight(
    (following, segment, index) =>
      encodeSegment(segment, index === path.length - 1 ? "" : `--${following}`),
    "",
  );
}

function encodeSegment(segment: string, following: string): string {
  const isUpper = /^[^a-z]*$/u.test(segment) && /[A-Z].*[A-Z]/u.test(segment);
  let name = following;
  for (const part of parts(segment).toReversed()) {
    name = encodePart(part, isUpper, name) + name;
  }
  return isUpper ? `-0l${name}` : name;
}

/** Single characters that have a form of their own, and runs of those that have none. */
function parts(segment: string): string[] {
  return segment.match(/[0-9A-Za-z_.-]|[^0-9A-Za-z_.-]+/gu) ?? [];
}

function encodePart(part: string, isUpper: boolean, following: string): string {
  if (part === "-") return isPlainHyphen(following) ? "-" : "-0-";
  if (part === "_") return "-0u";
  if (part === ".") return "-0d";
  if (/^[0-9a-z]$/u.test(part)) return part;
  if (/^[A-Z]$/u.test(part)) return isUpper ? part.toLowerCase() : `-0c${part.toLowerCase()}`;
  return `-0x${Buffer.from(part).toString("hex")}-`;
}

function isPlainHyphen(following: string): boolean {
  return following !== "" && !/^(?:-|0[cdlux-])/u.test(following);
}

function decodePath(name: string): string[] | undefined {
  const segments: string[] = [];
  let segment = "";
  let isUpper = false;
  const tokens = /--|-0(?:[dul-]|c([a-z])|x((?:[0-9a-f]{2})+)-)|([0-9a-z])|-/gy;
  while (tokens.lastIndex < name.length) {
    const match = tokens.exec(name);
    if (match === null) return undefined;
    const [token, capital, hex, plain] = match;
    if (token === "--") {
      segments.push(segment);
      segment = "";
      isUpper = false;
    } else if (token === "-0l") {
      if (segment !== "") return undefined;
      isUpper = true;
    } else if (token === "-0u") segment += "_";
    else if (token === "-0d") segment += ".";
    else if (capital !== undefined) segment += capital.toUpperCase();
    else if (hex !== undefined) segment += Buffer.from(hex, "hex").toString("utf8");
    else if (plain !== undefined) segment += isUpper ? plain.toUpperCase() : plain;
    else segment += "-";
  }
  return [...segments, segment];
}
