import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findJsonError } from "../../src/config/json-position.js";
import { findTomlKey } from "../../src/config/toml-position.js";

describe("where a text stops being JSON", () => {
  test.each([
    ['{"a":x}', 1, 6],
    ['{"a":1,}', 1, 8],
    ["{'a':1}", 1, 2],
    ['{\n  "a": 1 // no\n}', 2, 10],
    ['{"a":1}}', 1, 8],
    ['{"a": tru }', 1, 10],
    ["x", 1, 1],
    ['{"a":1', 1, 7],
    ['["a\nb"]', 1, 4],
  ])("is found in %j", (text, line, column) => {
    expect(findJsonError(text)).toEqual({ line, column });
  });

  test("is where a character that no JSON has was put in between", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 2 }), fc.nat(), (json, seed) => {
        const at = seed % (json.length + 1);
        // Inside of strings the character is allowed.
        const inString =
          (json.slice(0, at).replaceAll(/\\./gu, "").match(/"/gu) ?? []).length % 2 === 1;
        fc.pre(!inString);
        expect(findJsonError(`${json.slice(0, at)}§${json.slice(at)}`).column).toBe(at + 1);
      }),
      { numRuns: 300 },
    );
  });
});

describe("where a key is in TOML", () => {
  const text = [
    'provider = "a"',
    "",
    "[providers.local]",
    "  path = 1",
    'nested = { "in ner" = 1 }',
    '"quoted key".sub = 2',
    "# path = 3",
    "[providers.vault]",
    "path = 4",
    "[[routes]]",
    "prefix = 'a'",
    "[[routes]]",
    "prefix = 'b'",
  ].join("\n");

  test.each([
    [["provider"], 1, 1],
    [["providers", "local"], 3, 1],
    [["providers", "local", "path"], 4, 3],
    [["providers", "local", "nested", "in ner"], 5, 1],
    [["providers", "local", "quoted key", "sub"], 6, 1],
    [["providers", "vault", "path"], 9, 1],
    [["providers", "vault", "missing"], 8, 1],
    [["routes", 0, "prefix"], 11, 1],
    [["routes", 1, "prefix"], 13, 1],
  ])("is found for %j", (path, line, column) => {
    expect(findTomlKey(text, path)).toEqual({ line, column });
  });

  test("is not guessed", () => {
    expect(findTomlKey(text, ["elsewhere"])).toBeUndefined();
    expect(findTomlKey("", ["a"])).toBeUndefined();
    expect(findTomlKey(text, [])).toBeUndefined();
  });
});
