import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileNames } from "@kinko/testing";
import { segmentProblem } from "../../src/index.js";

/** Decodes percent escapes as a sloppy server would, as often as they come. */
function decodedForms(text: string): string[] {
  const forms = [text];
  for (let round = 0; round < 5; round += 1) {
    const last = forms.at(-1) as string;
    const next = last.replace(/%([0-9a-f]{2})/giu, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === last) break;
    forms.push(next);
  }
  return forms;
}

describe("segmentProblem", () => {
  test.each([
    "db",
    "DB",
    "a.b",
    "...",
    "a-b_c",
    "a b",
    "100%",
    "50%off",
    "a+b",
    "a*",
    "{{x}}",
    "'",
    '"',
    "~",
    "CON",
    "__proto__",
    "日本語",
    "é",
    "😀",
    "👩‍👩‍👧‍👦",
    "a:b",
    ".hidden",
    "a.",
    "=",
    "%zz",
    "data",
  ])("accepts %j", (segment) => {
    expect(segmentProblem(segment)).toBeUndefined();
  });

  test.each([
    ["", "empty"],
    [".", '"."'],
    ["..", '".."'],
    ["a/b", "slash"],
    ["a\\b", "slash"],
    ["a\nb", "control"],
    ["a\0", "control"],
    ["\u007f", "control"],
    ["a\u202eb", "invisible"],
    ["a\u061cb", "invisible"],
    ["a\u00adb", "invisible"],
    ["\ufeffa", "invisible"],
    [" a", "space"],
    ["a ", "space"],
    ["\u00a0a", "space"],
    ["e\u0301", "NFC"],
    ["\ud800", "Unicode"],
    ["%2e", "percent-encoded"],
    ["%2E%2e", "percent-encoded"],
    [".%2e", "percent-encoded"],
    ["%252e%252e", "percent-encoded"],
    ["%25252e", "percent-encoded"],
    ["a%2fb", "percent-encoded"],
    ["a%5cb", "percent-encoded"],
    ["a%00", "percent-encoded"],
    ["a%0d%0ab", "percent-encoded"],
  ])("refuses %j and says why", (segment, words) => {
    expect(segmentProblem(segment)).toContain(words);
  });

  test("lets nothing through that becomes a dot segment or a separator when decoded", () => {
    const hostile = fc.oneof(
      fc.constantFrom(...hostileNames),
      fc
        .array(
          fc.constantFrom("%", "2", "e", "E", "f", "5", "c", ".", "/", "0", "a", "%2e", "%25"),
          {
            maxLength: 12,
          },
        )
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(hostile, (segment) => {
        if (segmentProblem(segment) !== undefined) return;
        for (const form of decodedForms(segment)) {
          expect([".", "..", ""]).not.toContain(form);
          // eslint-disable-next-line no-control-regex
          expect(form).not.toMatch(/[/\\\u0000-\u001f\u007f]/u);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
