import { Secret, type SecretKind } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSecret, encodeSecret } from "../../src/secrets/value.js";
import { createVersionId } from "../../src/secrets/version-id.js";

const foreignId = "12345678-1234-1234-1234-123456789012";

function roundTrip(secret: Secret): Secret {
  const encoded = encodeSecret(secret);
  return decodeSecret({ VersionId: createVersionId(encoded, 0), ...encoded.native });
}

/** Core refuses integers that JavaScript cannot count to. */
function isKept(value: unknown): boolean {
  try {
    Secret.json(value);
    return true;
  } catch {
    return false;
  }
}

function foreign(text: string): readonly [SecretKind, string] {
  const secret = decodeSecret({ VersionId: foreignId, SecretString: text });
  return [secret.kind, secret.text()];
}

describe("what this package writes", () => {
  test("comes back with kind and bytes, whatever it looks like", () => {
    const secret = fc.oneof(
      fc.string({ unit: "grapheme" }).map((text) => Secret.text(text)),
      fc.json().map((text) => Secret.text(text)),
      fc
        .jsonValue()
        .filter(isKept)
        .map((value) => Secret.json(value)),
      fc.uint8Array().map((bytes) => Secret.binary(bytes)),
    );
    fc.assert(
      fc.property(secret, (value) => {
        expect(roundTrip(value).equals(value)).toBe(true);
      }),
    );
  });

  test("is what other tools expect: the bare text, the bare JSON, the bare bytes", () => {
    expect(encodeSecret(Secret.text("plain")).native).toEqual({ SecretString: "plain" });
    expect(encodeSecret(Secret.json({ b: 1, a: 2 })).native).toEqual({
      SecretString: '{"a":2,"b":1}',
    });
    const { SecretBinary } = encodeSecret(Secret.binary(Uint8Array.of(0, 255))).native;
    expect([...(SecretBinary ?? [])]).toEqual([0, 255]);
  });

  test("is never empty for AWS, which keeps no empty value", () => {
    for (const empty of [Secret.text(""), Secret.binary(new Uint8Array(0))]) {
      const { SecretString, SecretBinary } = encodeSecret(empty).native;
      expect((SecretString ?? SecretBinary)?.length).toBeGreaterThan(0);
      expect(roundTrip(empty).equals(empty)).toBe(true);
    }
  });
});

describe("what other tools write", () => {
  test("is JSON when it is an object, as key/value pairs of the console are", () => {
    expect(foreign('{"username":"app","password":"x"}')).toEqual([
      "json",
      '{"password":"x","username":"app"}',
    ]);
    expect(foreign(' \n{ "a" : 1 }\n')).toEqual(["json", '{"a":1}']);
  });

  test("is text otherwise, and when JSON would lose digits", () => {
    for (const text of [
      "",
      "plain",
      "[1]",
      '"a"',
      "1",
      "null",
      "{",
      '{"a":',
      '{"id":12345678901234567890}',
    ]) {
      expect(foreign(text)).toEqual(["text", text]);
    }
  });

  test("is binary when it came as bytes", () => {
    const secret = decodeSecret({ VersionId: foreignId, SecretBinary: Buffer.from('{"a":1}') });
    expect(secret.kind).toBe("binary");
  });

  test("is refused as Corrupt when there is neither", () => {
    expect(() => decodeSecret({ VersionId: foreignId })).toThrow(/without a value/u);
  });
});
