import { isSecretError, segmentProblem } from "@kinko/core";
import { hostileNames } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodedNames, maxNameLength, rawNames } from "../src/names.js";

/** Segments made of what the codec itself uses, of letters and of everything else. */
const segment = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom("_", "0", "x", "d", "a", "-", ".", "4", "1"),
      minLength: 1,
      maxLength: 12,
    }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/u),
    fc.constantFrom(...hostileNames.filter((name) => name.length < 40)),
  )
  .filter((text) => segmentProblem(text) === undefined);

const path = fc.array(segment, { minLength: 1, maxLength: 4 });

function encode(segments: readonly string[]): string | undefined {
  try {
    return encodedNames.encode(segments);
  } catch (error) {
    if (isSecretError(error, "InvalidRef")) return undefined;
    throw error;
  }
}

describe("encoded names", () => {
  test("bring 10,000 random paths back, and no two paths have one name", () => {
    const names = new Map<string, string>();
    let encoded = 0;
    fc.assert(
      fc.property(path, (segments) => {
        const name = encode(segments);
        if (name === undefined) return;
        encoded += 1;
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,255}$/u);
        expect(encodedNames.decode(name)).toEqual(segments);
        const text = JSON.stringify(segments);
        expect(names.get(name) ?? text).toBe(text);
        names.set(name, text);
      }),
      { numRuns: 10_000 },
    );
    expect(encoded).toBeGreaterThan(9_000);
  });

  test("decode only the one spelling that a path has", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0_xd-]{1,30}$/u), (name) => {
        const decoded = encodedNames.decode(name);
        if (decoded !== undefined) expect(encodedNames.encode(decoded)).toBe(name);
      }),
      { numRuns: 5_000 },
    );
  });

  test("of everything beneath a path begin with its prefix, and others' do not", () => {
    fc.assert(
      fc.property(path, path, (parent, other) => {
        const prefix = encode(parent) === undefined ? undefined : encodedNames.prefix(parent);
        const name = encode([...parent, ...other]);
        if (prefix === undefined || name === undefined) return;
        expect(name.startsWith(prefix)).toBe(true);
        const unrelated = encode(other);
        const isBeneath =
          other.length > parent.length && parent.every((text, index) => text === other[index]);
        if (unrelated !== undefined) expect(unrelated.startsWith(prefix)).toBe(isBeneath);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ["prod/app/db", "prod__app__db"],
    ["prod/app/db_url", "prod__app__db_url"],
    ["prod/DATABASE_URL", "prod__DATABASE_URL"],
    ["my-app/v1.2", "my-app__v1_0d2"],
    ["a_/b", "a_0___b"],
    ["a/_b", "a___b"],
    ["a__b", "a_0__b"],
    ["_0d", "_0_0d"],
    ["grüße", "gr_0xc3bcc39f_e"],
  ])("of %s is %s", (text, name) => {
    expect(encodedNames.encode(text.split("/"))).toBe(name);
  });

  test("longer than Secret Manager takes are refused", () => {
    expect(encode(["a".repeat(maxNameLength)])).toBeDefined();
    expect(() => encodedNames.encode(["a".repeat(maxNameLength + 1)])).toThrow(/256 characters/u);
  });

  test.each(["a____b", "__a", "a__", "_0x_", "_0xff_", "_0x61_"])(
    "that no path has, such as %s, are not decoded",
    (name) => {
      expect(encodedNames.decode(name)).toBeUndefined();
    },
  );
});

describe("raw names", () => {
  test("are the names of Secret Manager, and nothing else", () => {
    expect(rawNames.encode(["a__b_0d-C"])).toBe("a__b_0d-C");
    expect(rawNames.decode("a____b")).toEqual(["a____b"]);
    for (const segments of [["a", "b"], ["a.b"], ["ü"], ["a".repeat(256)]]) {
      expect(() => rawNames.encode(segments)).toThrow(/one name of Secret Manager/u);
    }
    expect(rawNames.prefix([])).toBe("");
    expect(rawNames.prefix(["a"])).toBeUndefined();
  });
});
