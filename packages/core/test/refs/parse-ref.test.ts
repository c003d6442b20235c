import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatRef,
  isSecretError,
  parsePath,
  parsePrefix,
  parseRef,
  segmentProblem,
} from "../../src/index.js";
import type { VersionSelector } from "../../src/index.js";

// A pool is ten times as fast as all of Unicode, and every character of it has a meaning somewhere.
const unit = fc.constantFrom(
  ...Array.from("abzAZ019 .-_~%#@:/\\?&=+*{}[]()<>'\"`$!,;|^"),
  ...Array.from("éßıİKK日本語العربيةנ\u200d\u00a0\u3000\ufb01①"),
  "😀",
  "👩‍👩‍👧",
  "e\u0301",
  "%2e",
  "%25",
  "latest",
  "stage:",
  "\ud800",
  "\u0007",
);
const segment = fc
  .string({ unit, minLength: 1, maxLength: 12 })
  .filter((text) => segmentProblem(text) === undefined);
const field = fc
  .string({ unit, minLength: 1, maxLength: 20 })
  // eslint-disable-next-line no-control-regex
  .filter((text) => text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/u.test(text));
const versionId = segment.filter((text) => !/^(latest|latestEnabled|stage:.*)$/u.test(text));
const version: fc.Arbitrary<VersionSelector> = fc.oneof(
  fc.constant({ kind: "latest" } as const),
  fc.constant({ kind: "latestEnabled" } as const),
  versionId.map((id) => ({ kind: "id", id }) as const),
  segment.map((stage) => ({ kind: "stage", stage }) as const),
);
const ref = fc.record(
  { path: fc.array(segment, { minLength: 1, maxLength: 6 }), field, version },
  { requiredKeys: ["path"] },
);

function refusal(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return isSecretError(error, "InvalidRef") ? (error.reason ?? "no reason") : "not InvalidRef";
  }
}

describe("text form of references", () => {
  test("gives back every reference that it was made from", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(ref, (original) => {
        const parsed = parseRef(original);
        expect(parseRef(formatRef(parsed))).toEqual(original);
        expect(formatRef(parseRef(formatRef(parsed)))).toBe(formatRef(parsed));
      }),
      { numRuns: 10_000 },
    );
  });

  test(
    "accepts any text or refuses it as InvalidRef, and nothing else",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
          expect(["not InvalidRef", "no reason"]).not.toContain(refusal(() => parseRef(text)));
        }),
        { numRuns: 5_000 },
      );
    },
  );

  test.each([
    ["prod/app/db", { path: ["prod", "app", "db"] }],
    ["prod/app/db#password", { path: ["prod", "app", "db"], field: "password" }],
    ["db@3", { path: ["db"], version: { kind: "id", id: "3" } }],
    [
      "db#password@latestEnabled",
      { path: ["db"], field: "password", version: { kind: "latestEnabled" } },
    ],
    ["db@stage:AWSPREVIOUS", { path: ["db"], version: { kind: "stage", stage: "AWSPREVIOUS" } }],
    ["a%23b/c%40d/e%25f", { path: ["a#b", "c@d", "e%f"] }],
    ["db#a%40b@1%402", { path: ["db"], field: "a@b", version: { kind: "id", id: "1@2" } }],
    ["grüße/世界", { path: ["grüße", "世界"] }],
  ])("parses %s", (text, expected) => {
    expect(parseRef(text)).toEqual(expected);
  });

  test.each([
    ["", "invalid-path"],
    ["/", "invalid-path"],
    ["/a", "invalid-path"],
    ["a/", "invalid-path"],
    ["a//b", "invalid-path"],
    ["../a", "invalid-path"],
    ["a/./b", "invalid-path"],
    ["%2e%2e/a", "invalid-path"],
    ["%252e%252e/a", "invalid-path"],
    ["a%2Fb", "invalid-path"],
    ["a%00b", "invalid-path"],
    ["a%", "bad-escape"],
    ["a%ff", "bad-escape"],
    ["a#", "invalid-field"],
    ["a#b%0ac", "invalid-field"],
    ["a@", "invalid-version"],
    ["a@stage:", "invalid-version"],
    ["a@..", "invalid-version"],
    ["a@1#b", "misplaced-version"],
    ["x".repeat(1_025), "path-too-long"],
    [`a#${"f".repeat(513)}`, "invalid-field"],
    [`a@${"v".repeat(257)}`, "invalid-version"],
  ])("refuses %j with the reason %s", (text, reason) => {
    expect(refusal(() => parseRef(text))).toBe(reason);
  });

  test("refuses what is no reference at all, also from plain JavaScript", () => {
    const inputs: readonly unknown[] = [
      undefined,
      null,
      3,
      {},
      { path: 5 },
      { path: [] },
      { path: ["a", 5] },
      { path: {} },
      { path: "a", version: 3 },
      { path: "a", version: null },
      { path: "a", version: {} },
      { path: "a", version: { kind: "newest", stage: "x" } },
      { path: "a", field: 5 },
      { path: "a", field: "" },
      { path: "a", version: { kind: "id", id: "latest" } },
    ];
    for (const input of inputs) {
      expect(
        refusal(() => parseRef(input as string)),
        JSON.stringify(input),
      ).not.toBe("not InvalidRef");
      expect(
        refusal(() => parseRef(input as string)),
        JSON.stringify(input),
      ).toBeDefined();
    }
  });

  test("takes segments of an array as they are", () => {
    expect(parseRef({ path: ["a%2eb", "c#d", "100%"] }).path).toEqual(["a%2eb", "c#d", "100%"]);
  });

  test("does not repeat what it refuses, which may be anything", () => {
    for (const text of ["hunter2\n", "hunter2/../x", "a#hunter2\n", "a@hunter2/.."]) {
      try {
        parseRef(text);
        expect.unreachable();
      } catch (error) {
        expect(String(error)).not.toContain("hunter2");
      }
    }
  });

  test("cannot be changed after it was checked", () => {
    const parsed = parseRef("a/b#c@3");
    expect(
      Object.isFrozen(parsed) && Object.isFrozen(parsed.path) && Object.isFrozen(parsed.version),
    ).toBe(true);
  });
});

describe("prefixes", () => {
  test.each([
    [undefined, []],
    ["", []],
    ["prod", ["prod"]],
    ["prod/", ["prod"]],
    ["prod/app", ["prod", "app"]],
    [[], []],
    [["a#b"], ["a#b"]],
  ])("reads %j", (prefix, expected) => {
    expect(parsePrefix(prefix)).toEqual(expected);
  });

  test.each(["/", "prod//", "..", "prod/../x"])("refuses %j", (prefix) => {
    expect(refusal(() => parsePrefix(prefix))).toBe("invalid-path");
  });

  test("a path is never empty", () => {
    expect(refusal(() => parsePath(""))).toBe("invalid-path");
  });
});
