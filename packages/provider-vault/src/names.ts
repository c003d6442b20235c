import { InvalidRefError, type SecretPath } from "@kinko/core";

/**
 * What Vault refuses in a path: everything that Go's `unicode.IsPrint` calls not printable, which is
 * all of category Other and every space but U+0020.
 */
const notPrintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/**
 * The encoded path of a secret below its mount, segment by segment.
 *
 * Reversible: Vault decodes it once and lists the very same names. Encoding leaves no character that
 * a server, a proxy or a template engine reads as anything but text.
 *
 * @throws InvalidRefError for names that Vault cannot hold, before any request
 */
export function encodePath(path: SecretPath): string {
  return path.map(encodeSegment).join("/");
}

function encodeSegment(segment: string): string {
  if (notPrintable.test(segment)) {
    throw new InvalidRefError(
      "The path of a secret has a character that Vault does not take in names.",
      {
        reason: "not-printable",
        advice: "Leave out invisible characters and unusual spaces.",
      },
    );
  }
  // What encodeURIComponent leaves: quotes and brackets mean something elsewhere.
  return encodeURIComponent(segment).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Like {@link encodePath}, for KV version 1, which keeps names as keys of Vault's storage: there two
 * dots in a row are refused wherever they stand, with status 500.
 */
export function encodePathOfVersion1(path: SecretPath): string {
  if (path.some((segment) => segment.includes(".."))) {
    throw new InvalidRefError(
      "The path of a secret has two dots in a row, which KV version 1 does not take.",
      {
        reason: "double-dot",
        advice: "Choose another name, or use a mount with KV version 2.",
      },
    );
  }
  return encodePath(path);
}

/** A key of Vault's LIST answer: folders end with a slash. */
export function parseListKey(key: string): { readonly name: string; readonly isFolder: boolean } {
  return key.endsWith("/")
    ? { name: key.slice(0, -1), isFolder: true }
    : { name: key, isFolder: false };
}
