import { Secret } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromKvMap, kindField, toKvMap } from "../../src/kv/mapping.js";
import type { JsonObject } from "../../src/client/answer.js";

/** As a map comes back from Vault: through JSON, and a server that orders keys in its own way. */
function throughVault(map: JsonObject): JsonObject {
  const entries = Object.entries(JSON.parse(JSON.stringify(map)) as JsonObject);
  const reversed = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries.toReversed()) reversed[key] = value;
  return reversed;
}

const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => {
  try {
    Secret.json(value);
    return true;
  } catch {
    return false;
  }
});

/** Objects made of the very names that mean something here. */
const lookalike = fc.dictionary(
  fc.constantFrom("value", kindField, "a", "__proto__", ""),
  fc.oneof(
    fc.constantFrom("json", "binary", "text", "AAEC", "", "AAE="),
    fc.constant(null),
    fc.integer(),
    json,
  ),
);

const secret = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => Secret.text(text)),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Secret.binary(bytes)),
  json.map((value) => Secret.json(value)),
  lookalike.map((value) => Secret.json(value)),
);

describe("every secret comes back as it was", () => {
  test("whatever its kind and content", () => {
    fc.assert(
      fc.property(secret, (written) => {
        const read = fromKvMap(throughVault(toKvMap(written)));
        expect(read.kind).toBe(written.kind);
        expect(read.equals(written)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test("also when it looks like a mark of this package, several times over", () => {
    let written = Secret.json({ value: "AAEC", [kindField]: "binary" });
    for (let depth = 0; depth < 5; depth += 1) {
      const map = toKvMap(written);
      expect(fromKvMap(throughVault(map)).equals(written)).toBe(true);
      written = Secret.json(map);
    }
  });
});

describe("the map", () => {
  test.each<[string, Secret, JsonObject]>([
    ["text", Secret.text("s3cret"), { value: "s3cret" }],
    ["an object", Secret.json({ user: "app", port: 5432 }), { user: "app", port: 5432 }],
    ["an object with one field that is no text", Secret.json({ value: 1 }), { value: 1 }],
    ["an array", Secret.json([1, 2]), { kinko_kind: "json", value: [1, 2] }],
    ["null", Secret.json(null), { kinko_kind: "json", value: null }],
    ["an empty object", Secret.json({}), { kinko_kind: "json", value: {} }],
    [
      "an object that reads as text",
      Secret.json({ value: "x" }),
      { kinko_kind: "json", value: { value: "x" } },
    ],
    [
      "an object with the mark",
      Secret.json({ kinko_kind: 1 }),
      { kinko_kind: "json", value: { kinko_kind: 1 } },
    ],
    ["bytes", Secret.binary(Buffer.of(0, 1, 2)), { kinko_kind: "binary", value: "AAEC" }],
  ])("of %s is what other tools see", (_title, written, map) => {
    expect(JSON.parse(JSON.stringify(toKvMap(written)))).toEqual(map);
  });
});

describe("a map that another tool wrote", () => {
  test.each<[string, JsonObject, string, string]>([
    ["a single value", { value: "x" }, "text", "x"],
    ["several fields", { value: "x", user: "u" }, "json", '{"user":"u","value":"x"}'],
    ["a value that is no text", { value: 5 }, "json", '{"value":5}'],
    ["nothing", {}, "json", "{}"],
    [
      "a mark of nobody",
      { kinko_kind: "other", value: "x" },
      "json",
      '{"kinko_kind":"other","value":"x"}',
    ],
    [
      "base64 with line breaks",
      { kinko_kind: "binary", value: "AA\nEC" },
      "json",
      '{"kinko_kind":"binary","value":"AA\\nEC"}',
    ],
    [
      "base64 without padding",
      { kinko_kind: "binary", value: "AA" },
      "json",
      '{"kinko_kind":"binary","value":"AA"}',
    ],
    [
      "a mark and more",
      { kinko_kind: "json", value: 1, a: 2 },
      "json",
      '{"a":2,"kinko_kind":"json","value":1}',
    ],
  ])("with %s reads sensibly", (_title, map, kind, text) => {
    const read = fromKvMap(map);
    expect(read.kind).toBe(kind);
    expect(read.text()).toBe(text);
  });

  test("reads without an error, whatever is in it", () => {
    fc.assert(
      fc.property(fc.oneof(lookalike, fc.dictionary(fc.string(), json)), (map) => {
        expect(["text", "json", "binary"]).toContain(fromKvMap(throughVault(map)).kind);
      }),
    );
  });

  test("with an integer that JavaScript would change is refused, not changed", () => {
    const map = JSON.parse('{"id": 12345678901234567890}') as JsonObject;
    expect(() => fromKvMap(map)).toThrow(/lose digits/u);
  });
});
