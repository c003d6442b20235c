import { InvalidRefError, rememberByPath, segmentProblem, type SecretPath } from "@kinko/core";

/** Longest name of a secret, from the reference of CreateSecret. */
export const maxNameLength = 512;

/** How paths become names of AWS, and back. */
export interface NameCodec {
  /** @throws InvalidRefError for paths that no name can carry, before any request */
  encode(path: SecretPath): string;
  /** Undefined for names that {@link NameCodec.encode} never makes. */
  decode(name: string): SecretPath | undefined;
  /**
   * What the names of all secrets beneath a path begin with.
   * @throws InvalidRefError for paths that cannot be a name either
   */
  beneath(path: SecretPath): string;
}

/**
 * The codec of a store. Both forms are reversible and no two paths share a name.
 *
 * - `encoded`: segments joined by slashes; letters, digits and `_.@+-` stand for themselves, every
 *   other byte of the UTF-8 form becomes `=` and two upper-case hex digits. When a name would end in a
 *   hyphen and six letters or digits, as ARNs of secrets do, that hyphen becomes `=2D`: AWS advises
 *   against such names because a partial ARN can be taken for one.
 * - `raw`: segments joined by slashes, and nothing else.
 *
 * @param prefix native text before every name; empty, or ending in a slash
 */
export function createNameCodec(naming: "encoded" | "raw", prefix: string): NameCodec {
  const { join, split } = naming === "raw" ? raw : encoded;
  const encode = rememberByPath((path) => checkLength(prefix + join(path)));
  return {
    encode,
    decode(name) {
      if (!name.startsWith(prefix) || name.length > maxNameLength) return undefined;
      const path = split(name.slice(prefix.length));
      if (path === undefined || path.some((segment) => segmentProblem(segment) !== undefined)) {
        return undefined;
      }
      // What encode would write otherwise is somebody else's name, and may stand beside ours.
      return prefix + join(path) === name ? path : undefined;
    },
    beneath(path) {
      if (path.length === 0) return prefix;
      encode(path);
      return `${prefix}${path.map((segment) => join([segment, ""])).join("")}`;
    },
  };
}

const encoded = {
  join: (path: SecretPath): string =>
    path
      .map(encodeSegment)
      .join("/")
      .replace(/-([A-Za-z\d]{6})$/u, "=2D$1"),

  split: (name: string): SecretPath | undefined => {
    const segments = name.split("/").map(decodeSegment);
    return segments.every((segment) => segment !== undefined) ? segments : undefined;
  },
};

const raw = {
  join: (path: SecretPath): string => path.map(checkRawSegment).join("/"),
  split: (name: string): SecretPath | undefined =>
    /^[\w/+=.@!-]+$/u.test(name) ? name.split("/") : undefined,
};

function encodeSegment(segment: string): string {
  return segment.replace(/[^\w.@+-]+/gu, (characters) =>
    Array.from(
      Buffer.from(characters),
      (byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeSegment(text: string): string | undefined {
  if (!/^(?:[\w.@+-]|=[\dA-F]{2})+$/u.test(text)) return undefined;
  if (!text.includes("=")) return text;
  const bytes = text.replace(/=([\dA-F]{2})/gu, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  try {
    return utf8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    // Not UTF-8, so not a name of ours.
    return undefined;
  }
}

/** AWS's own services also use `!`, which it takes from nobody else. */
function checkRawSegment(segment: string): string {
  if (/^[\w+=.@!-]*$/u.test(segment)) return segment;
  throw new InvalidRefError(
    "The path of a secret has a character that AWS does not take in names.",
    {
      reason: "unsupported-character",
      advice: "Use letters, digits and _+=.@- only, or leave out naming: raw.",
    },
  );
}

function checkLength(name: string): string {
  if (name.length <= maxNameLength) return name;
  throw new InvalidRefError(
    `The name of the secret takes ${name.length} characters in the form in which AWS keeps it; ${maxNameLength} fit.`,
    {
      reason: "name-too-long",
      advice: "Choose a shorter name; characters other than letters, digits and _.@+- take three.",
    },
  );
}
