import { Secret, type SecretKind } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxPayloadBytes } from "../../src/limits.js";
import { fromPayload, toPayload } from "../../src/secrets/payload.js";

const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => {
  try {
    Secret.json(value);
    return true;
  } catch {
    return false;
  }
});

/** Texts that look like marks, like JSON, or like both. */
const lookalike = fc
  .array(
    fc.constantFrom("kinko:", "text:", "json:", "binary:", "{", "}", '"a":1', " ", "\ufeff", "x"),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const secret = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => Secret.text(text)),
  lookalike.map((text) => Secret.text(text)),
  lookalike.map((text) => Secret.binary(Buffer.from(text))),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Secret.binary(bytes)),
  json.map((value) => Secret.json(value)),
  json.map((value) => Secret.text(JSON.stringify(value))),
);

describe("every secret comes back as it was", () => {
  test("whatever its kind and content", () => {
    fc.assert(
      fc.property(secret, (written) => {
        const payload = toPayload(written);
        expect(payload.length).toBeGreaterThan(0);
        const read = fromPayload(payload);
        expect(read.kind).toBe(written.kind);
        expect(read.equals(written)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test("also when its payload is written again as another kind, several times over", () => {
    for (const kind of ["text", "binary"] as const) {
      let written = Secret.json([1]);
      for (let depth = 0; depth < 5; depth += 1) {
        const payload = toPayload(written);
        expect(fromPayload(payload).equals(written)).toBe(true);
        written = Secret.fromBytes(payload, kind);
      }
    }
  });
});

describe("a payload", () => {
  test.each<[SecretKind, Secret, string]>([
    ["text", Secret.text("password"), "password"],
    ["text", Secret.text("{not json"), "{not json"],
    ["json", Secret.json({ b: 1, a: "x" }), '{"a":"x","b":1}'],
    ["text", Secret.text("{}"), "kinko:text:{}"],
    ["text", Secret.text(""), "kinko:text:"],
    ["json", Secret.json([1]), "kinko:json:[1]"],
    ["json", Secret.json("x"), 'kinko:json:"x"'],
    ["binary", Secret.binary(Buffer.from("x")), "kinko:binary:x"],
  ])("of %s is plain where that is enough", (_kind, written, text) => {
    expect(toPayload(written).toString()).toBe(text);
  });

  test("of bytes that are no text has no mark", () => {
    const bytes = Buffer.from([0xff, 0, 1]);
    expect(toPayload(Secret.binary(bytes)).equals(bytes)).toBe(true);
  });

  test.each<[string, SecretKind, string]>([
    [' {"z": 1.0,\n "a": null} ', "json", '{"a":null,"z":1}'],
    ['{"id": 12345678901234567890}', "text", '{"id": 12345678901234567890}'],
    ["[1]", "text", "[1]"],
    ["kinko:json:nonsense", "text", "kinko:json:nonsense"],
    ["kinko:other:x", "text", "kinko:other:x"],
  ])("of another tool, %j, is read as %s", (payload, kind, text) => {
    const read = fromPayload(Buffer.from(payload));
    expect(read.kind).toBe(kind);
    expect(read.text()).toBe(text);
  });

  test("is refused when only its mark makes it too long", () => {
    const fits = Secret.text("x".repeat(maxPayloadBytes));
    expect(toPayload(fits).length).toBe(maxPayloadBytes);
    const ambiguous = Secret.binary(Buffer.alloc(maxPayloadBytes, "x"));
    expect(() => toPayload(ambiguous)).toThrow(/with the mark of its kind/u);
  });
});
