import { isSecretError, segmentProblem, type SecretPath } from "@kinko/core";
import { hostileNames } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createNameCodec, type NameCodec } from "../src/names.js";

const encoded = createNameCodec("encoded", "");
const raw = createNameCodec("raw", "");

/** Segments of all kinds of text, many of them close to what the codec escapes. */
const segment = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(..."aZ09_.@+-=%2D /\\é世😀".split("")), minLength: 1 }),
    fc.constantFrom("my-secret", "db-AbCd12", "=2D", "a=2Dbcdefg", "-abcdef", "..a", "a b"),
  )
  .filter((text) => segmentProblem(text) === undefined);
const path = fc.array(segment, { minLength: 1, maxLength: 5 });

function encodeOrRefuse(codec: NameCodec, candidate: SecretPath): string | undefined {
  try {
    return codec.encode(candidate);
  } catch (error) {
    expect(isSecretError(error, "InvalidRef")).toBe(true);
    return undefined;
  }
}

describe("encoded names", () => {
  test("give 10,000 random paths back, and no two of them share a name", () => {
    const seen = new Map<string, string>();
    let kept = 0;
    fc.assert(
      fc.property(path, (candidate) => {
        const name = encodeOrRefuse(encoded, candidate);
        if (name === undefined) return;
        kept += 1;
        expect(name).toMatch(/^[A-Za-z0-9/_+=.@-]{1,512}$/u);
        expect(name).not.toMatch(/-[A-Za-z0-9]{6}$/u);
        expect(encoded.decode(name)).toEqual(candidate);
        const key = JSON.stringify(candidate);
        expect(seen.get(name) ?? key).toBe(key);
        seen.set(name, key);
        if (candidate.length > 1) {
          expect(name.startsWith(encoded.beneath(candidate.slice(0, -1)))).toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(kept).toBeGreaterThan(9_000);
  });

  test("are what was written, for ordinary paths", () => {
    for (const text of ["prod/app/db", "prod/app_v1.2/db-main", "team+a/me@example.com"]) {
      expect(encoded.encode(text.split("/"))).toBe(text);
    }
  });

  test("do not end as the ARN of a secret does", () => {
    expect(encoded.encode(["prod", "my-secret"])).toBe("prod/my=2Dsecret");
    expect(encoded.encode(["my-secret", "db"])).toBe("my-secret/db");
    expect(encoded.encode(["my-secrets"])).toBe("my-secrets");
    expect(encoded.beneath(["my-secret"])).toBe("my-secret/");
  });

  test("of other tools are taken only when the codec would write the same", () => {
    expect(encoded.decode("prod/app/db")).toEqual(["prod", "app", "db"]);
    const foreign = [
      "my-secret",
      "/prod/db",
      "a//b",
      "a=b",
      "a=2db",
      "a=41",
      "a=FF",
      "a/..",
      "rds!x",
      "",
    ];
    for (const name of foreign) expect(encoded.decode(name), name).toBeUndefined();
  });

  test("keep all hostile names apart, or refuse them", () => {
    const names = hostileNames
      .filter((name) => segmentProblem(name) === undefined)
      .map((name) => encodeOrRefuse(encoded, [name]))
      .filter((name) => name !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(150);
  });

  test("are refused when they are too long as AWS would keep them", () => {
    expect(encoded.encode(["a".repeat(512)])).toHaveLength(512);
    expect(() => encoded.encode(["a".repeat(513)])).toThrow(/512 fit/u);
    expect(() => encoded.encode(["é".repeat(100)])).toThrow(/takes 600 characters/u);
    expect(() => encoded.beneath(["a".repeat(513)])).toThrow(/512 fit/u);
  });

  test("stay beneath the prefix", () => {
    const prefixed = createNameCodec("encoded", "/team-a/");
    expect(prefixed.encode(["prod", "db"])).toBe("/team-a/prod/db");
    expect(prefixed.decode("/team-a/prod/db")).toEqual(["prod", "db"]);
    expect(prefixed.decode("/team-b/prod/db")).toBeUndefined();
    expect(prefixed.beneath([])).toBe("/team-a/");
    expect(prefixed.beneath(["prod"])).toBe("/team-a/prod/");
    expect(() => prefixed.encode(["a".repeat(505)])).toThrow(/512 fit/u);
  });
});

describe("raw names", () => {
  test("give 10,000 random paths back as they are, or refuse them", () => {
    let kept = 0;
    fc.assert(
      fc.property(path, (candidate) => {
        const name = encodeOrRefuse(raw, candidate);
        if (name === undefined) return;
        kept += 1;
        expect(name).toBe(candidate.join("/"));
        expect(raw.decode(name)).toEqual(candidate);
      }),
      { numRuns: 10_000 },
    );
    expect(kept).toBeGreaterThan(500);
  });

  test("reach what other tools named", () => {
    for (const name of ["my-secret", "a=b", "rds!db-1234", "prod/my-secret"]) {
      expect(raw.encode(name.split("/"))).toBe(name);
      expect(raw.decode(name)).toEqual(name.split("/"));
    }
    expect(raw.decode("/prod/db")).toBeUndefined();
    expect(createNameCodec("raw", "/").decode("/prod/db")).toEqual(["prod", "db"]);
    expect(raw.decode("a:b")).toBeUndefined();
  });
});
