import { isSecretError, segmentProblem } from "@kinko/core";
import fc from "fast-check";
import { hostileNames } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { encodePath, encodePathOfVersion1 } from "../src/names.js";

const segment = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom(...hostileNames),
  )
  .filter((text) => segmentProblem(text) === undefined);

function encodeOrRefuse(encode: typeof encodePath, path: readonly string[]): string | undefined {
  try {
    return encode(path);
  } catch (error) {
    expect(isSecretError(error, "InvalidRef")).toBe(true);
    return undefined;
  }
}

describe("names", () => {
  test("decode to the very same segments, or are refused", () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (path) => {
        for (const encode of [encodePath, encodePathOfVersion1]) {
          const encoded = encodeOrRefuse(encode, path);
          if (encoded !== undefined)
            expect(encoded.split("/").map(decodeURIComponent)).toEqual(path);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("are sent with nothing in them but letters, digits, dots, dashes and escapes", () => {
    fc.assert(
      fc.property(segment, (text) => {
        const encoded = encodeOrRefuse(encodePath, [text]);
        if (encoded !== undefined) expect(encoded).toMatch(/^(?:[\w.~-]|%[0-9A-F]{2})+$/u);
      }),
    );
  });

  test("survive a URL parser and a template engine", () => {
    for (const name of [
      "{{name}}",
      "o'neil&co",
      "a?b",
      "a#b",
      "a;b",
      "&#x2F;",
      "%41",
      "a+b",
      "..hidden",
      "a.",
    ]) {
      const { pathname } = new URL(`http://vault/v1/secret/data/${encodePath([name])}`);
      expect(decodeURIComponent(pathname)).toBe(`/v1/secret/data/${name}`);
    }
  });

  test.each(["a\u00a0b", "a\u200db", "a\u00adb", "a\u3000b", "a\ue000b"])(
    "with a character that Vault does not print are refused: %j",
    (name) => {
      expect(encodeOrRefuse(encodePath, [name])).toBeUndefined();
    },
  );

  test("with two dots in a row are refused for KV version 1 alone", () => {
    expect(encodeOrRefuse(encodePath, ["a..b"])).toBe("a..b");
    expect(encodeOrRefuse(encodePathOfVersion1, ["a..b"])).toBeUndefined();
  });
});
