import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { isSecretError, parseJson, Secret, toCanonicalJson } from "../../src/index.js";

/** Values that JSON carries without loss: no `-0`, no integers beyond 2^53, well-formed text. */
const json = fc.jsonValue({ stringUnit: "grapheme", maxDepth: 4 }).filter(isLossless);

function isLossless(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") {
    return !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  }
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, part]) => key.isWellFormed() && isLossless(part));
}

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, part]) => [key, shuffled(part)]));
}

/** Compares by own properties alone, so that values without prototypes are equal to those with. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

describe("canonical JSON", () => {
  test("parses back to the value that it was made from", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = toCanonicalJson(value);
        expect(plain(parseJson(text))).toEqual(plain(value));
        expect(toCanonicalJson(parseJson(text))).toBe(text);
        expect(Secret.fromBytes(Secret.json(value).bytes(), "json").text()).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(toCanonicalJson(shuffled(value))).toBe(toCanonicalJson(value));
      }),
      { numRuns: 1_000 },
    );
  });

  test("sorts keys by UTF-16 code units, as RFC 8785 does in its example", () => {
    const value = {
      "\u20ac": 1,
      "\r": 2,
      "\ufb33": 3,
      "1": 4,
      "\ud83d\ude00": 5,
      "\u0080": 6,
      "\u00f6": 7,
    };
    expect(Object.values(JSON.parse(toCanonicalJson(value)) as object)).toHaveLength(7);
    expect(toCanonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  test.each([
    ["undefined", undefined],
    ["a function", (): number => 1],
    ["a symbol", Symbol("a")],
    ["a bigint", 10n],
    ["NaN", Number.NaN],
    ["an infinity", Number.POSITIVE_INFINITY],
    ["an integer beyond 2^53", 2 ** 53],
    ["a negative integer beyond 2^53", -(2 ** 60)],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["bytes", new Uint8Array(1)],
    ["an instance of a class", new (class Own {})()],
    ["a secret", Secret.text("a")],
    ["a lone surrogate", "\ud800"],
    ["a hole in an array", Array(2)],
  ])("refuses %s, also deep inside", (_name, value) => {
    for (const holder of [value, [value], { a: { b: [value] } }]) {
      expect(() => toCanonicalJson(holder)).toThrow(/cannot be kept as JSON/u);
    }
  });

  test("refuses a key with a lone surrogate", () => {
    expect(() => toCanonicalJson({ "\udc00": 1 })).toThrow(/Unicode/u);
  });

  test("refuses what refers to itself, and what is nested beyond reason", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = [cycle, cycle];
    expect(() => toCanonicalJson(cycle)).toThrow(/nested too deeply/u);
    expect(() => parseJson("[".repeat(100_000) + "]".repeat(100_000))).toThrow(
      /nested too deeply|not valid/u,
    );
  });
});

describe("parseJson", () => {
  test("keeps keys that JavaScript gives a meaning as plain keys", () => {
    const text =
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}';
    const value = parseJson(text) as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(["__proto__", "constructor", "toString"]);
    expect(toCanonicalJson(value)).toBe(text);
    expect(Secret.json(value).field("__proto__").text()).toBe('{"polluted":true}');
  });

  test.each([
    '{"a":hunter2}',
    "hunter2",
    '"hunter2',
    "{'hunter2': 1}",
    "",
    "hunter2".repeat(1_000),
  ])("says that %s is not JSON without quoting it", (text) => {
    try {
      parseJson(text);
      expect.unreachable();
    } catch (error) {
      expect(isSecretError(error, "InvalidValue")).toBe(true);
      expect(String(error)).not.toContain("hunter2");
    }
  });

  test.each(["9007199254740993", "-9007199254740993", "1e400", '{"a":[1e21]}'])(
    "refuses %s, whose digits JavaScript would change",
    (text) => {
      expect(() => parseJson(text)).toThrow(/cannot be kept as JSON/u);
    },
  );
});
