import { describe, expect, test } from "vitest";
import { tryParsePolicy } from "../../src/policies/index.js";

function errorOf(text: string) {
  const parsed = tryParsePolicy(text);
  if ("policy" in parsed) throw new Error("This text was taken.");
  return parsed.error;
}

describe("a syntax error", () => {
  test.each<[string, string, number, number]>([
    ["a string that is not closed", 'path "a" {\n  comment = "x\n}', 2, 13],
    ["a block that is not closed", 'path "a" {\n', 2, 1],
    ["a list without commas", 'path "a" { capabilities = ["read" "list"] }', 1, 35],
    ["a bare word for a value", 'path "a" { capabilities = [read] }', 1, 28],
    ["an unknown attribute", 'path "a" {\n  rights = []\n}', 2, 3],
    ["an unknown capability", 'path "a" {\n  capabilities = ["raed"]\n}', 2, 18],
    ["an attribute set twice", 'path "a" { policy = "read"\npolicy = "read" }', 2, 1],
    ["a wildcard that is none", '\n\n  path "a/+*" {}', 3, 8],
    ["a TTL that is none", 'path "é" { min_wrapping_ttl = "soon" }', 1, 31],
    ["an escape that is none", String.raw`path "a\q" {}`, 1, 8],
    ["JSON that is none", '{"path": [null]}', 1, 11],
  ])("of %s has its line and column", (_title, text, line, column) => {
    const error = errorOf(text);
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
    expect(error).toMatchObject({ code: "InvalidValue", reason: "policy-syntax" });
    expect(error.message).toContain(`Line ${line}, column ${column}`);
  });

  test("shows the line with a caret below the place", () => {
    expect(errorOf('path "a" {\n\tcapabilities = [read]\n}').excerpt).toBe(
      " capabilities = [read]\n                 ^",
    );
  });

  test("never shows more than 120 characters of the line, and no other line", () => {
    const text = `path "first" {}\npath "${"x".repeat(500)}" { capabilities = [oops] }`;
    const [shown = "", caret = ""] = errorOf(text).excerpt.split("\n");
    expect(shown).toHaveLength(Math.min(120, shown.length));
    expect(shown).not.toContain("first");
    expect(shown.slice(caret.length - 1)).toMatch(/^oops/u);
  });
});

test("comments are kept with the rule that they stand before", () => {
  const text = '# for the app\n// and its jobs\npath "a" {} /* one\n * two */\npath "b" {}\n# end';
  const parsed = tryParsePolicy(text);
  expect(parsed).toMatchObject({
    policy: {
      rules: [{ comments: ["for the app", "and its jobs"] }, { comments: ["one", "two"] }],
      comments: ["end"],
    },
  });
});
