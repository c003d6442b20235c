import { parse } from "dotenv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEnvFile } from "../../src/index.js";

const valuesOf = (text: string): Record<string, string> =>
  Object.fromEntries(parseEnvFile(text).map(({ name, value }) => [name, value]));

describe("an env file", () => {
  test("has names, values, comments and quotes", () => {
    const text = [
      "# comment",
      "",
      "PLAIN=value",
      "export EXPORTED = spaced  # comment",
      "SINGLE='a # b \\n'",
      'DOUBLE="line\\nnext"  # comment',
      'BACKTICK=`it\'s "quoted"`',
      "EMPTY=",
      "COMMENT_ONLY= # nothing",
      "REFERENCE=kinko://prod/app/db#password",
    ].join("\n");
    expect(valuesOf(text)).toEqual({
      PLAIN: "value",
      EXPORTED: "spaced",
      SINGLE: "a # b \\n",
      DOUBLE: "line\nnext",
      BACKTICK: 'it\'s "quoted"',
      EMPTY: "",
      COMMENT_ONLY: "",
      REFERENCE: "kinko://prod/app/db#password",
    });
  });

  test("knows on which line each name is, also after a value of several lines", () => {
    expect(parseEnvFile("A='1\n2\n3'\n\nB=4").map(({ name, line }) => [name, line])).toEqual([
      ["A", 1],
      ["B", 5],
    ]);
  });

  test("may have a byte order mark and Windows line ends", () => {
    expect(valuesOf("\uFEFFA=1\r\nB='2\r\n3'\r\n")).toEqual({ A: "1", B: "2\n3" });
  });

  test.each([
    ["A=1\njunk", "Line 2 of .env is not NAME=value."],
    ["=1", "Line 1 of .env is not NAME=value."],
    ["A-B=1", "Line 1 of .env has a name that is not portable."],
    ["A='1\n\nB=2", "Line 1 of .env has a quote that is not closed."],
    ["A='1' 2", "Line 1 of .env has text behind the closing quote of A."],
    ["A=1\nB=2\nA=3", "Line 3 of .env sets A again, after line 1."],
  ])("%j is refused with its line", (text, message) => {
    expect(() => parseEnvFile(text, ".env")).toThrow(message);
    expect(() => parseEnvFile(text, ".env")).toThrow(
      expect.objectContaining({ code: "Config", reason: "invalid-env-file" }),
    );
  });

  test("means to the dotenv package what it means here", () => {
    const name = fc.constantFrom("A", "B", "C_1", "export D");
    const character = fc.constantFrom(..."ab=:$ \t\\n\\r'\"`{}%".split(""), "\n", "é", "😀");
    const value = fc.string({ unit: character, maxLength: 12 });
    const line = fc
      .tuple(name, fc.constantFrom("", "'", '"', "`"), value, fc.constantFrom("", "  ", " # end"))
      .map(([key, quote, text, end]) => `${key}=${quote}${text}${quote}${end}`);
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const text = lines.join("\n");
        let mine: Record<string, string>;
        try {
          mine = valuesOf(text);
        } catch {
          return;
        }
        accepted += 1;
        expect(mine).toEqual(parse(text));
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });
});
