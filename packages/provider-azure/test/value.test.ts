import { Secret } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxBinaryBytes, maxStoredBytes } from "../src/limits.js";
import { decodeBase85, encodeBase85 } from "../src/secrets/base85.js";
import { fromStoredValue, toStoredValue } from "../src/secrets/value.js";

describe("base 85", () => {
  it("writes the example of its specification", () => {
    const bytes = Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b);
    expect(encodeBase85(bytes)).toBe("HelloWorld");
    expect(decodeBase85("HelloWorld", 0)).toEqual(Buffer.from(bytes));
  });

  it("gives any bytes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const padding = (4 - (bytes.length % 4)) % 4;
        expect(decodeBase85(encodeBase85(bytes), padding)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["Hello", 4],
    ["Hell", 0],
    ["He lo", 0],
    ["#####", 0],
    ["", 1],
  ])("refuses %j with %d bytes of padding", (text, padding) => {
    expect(decodeBase85(text, padding)).toBeUndefined();
  });
});

describe("stored values", () => {
  it("keep text and JSON readable for other tools", () => {
    expect(toStoredValue(Secret.text("p\n"))).toEqual({ value: "p\n", contentType: "text/plain" });
    expect(toStoredValue(Secret.json({ b: 1, a: 2 }))).toEqual({
      value: '{"a":2,"b":1}',
      contentType: "application/json",
    });
    expect(toStoredValue(Secret.binary(Uint8Array.of(0, 255)))).toEqual({
      value: "AP8=",
      contentType: "application/octet-stream; encoding=base64",
    });
  });

  it("give every kind and size of binary back", () => {
    const sizes = [0, 1, 19_199, 19_200, 19_201, 19_202, 19_203, maxBinaryBytes];
    for (const size of sizes) {
      const secret = Secret.binary(Uint8Array.from({ length: size }, (_, index) => index % 251));
      const { value, contentType } = toStoredValue(secret);
      expect(value.length, String(size)).toBeLessThanOrEqual(maxStoredBytes);
      expect(fromStoredValue(value, contentType).equals(secret), String(size)).toBe(true);
    }
  });

  it.each([
    ["text", Secret.text("é".repeat(maxStoredBytes / 2))],
    ["json", Secret.json("j".repeat(maxStoredBytes - 2))],
  ])("take %s up to the limit", (_kind, secret) => {
    const { value, contentType } = toStoredValue(secret);
    expect(Buffer.byteLength(value)).toBe(maxStoredBytes);
    expect(fromStoredValue(value, contentType).equals(secret)).toBe(true);
  });

  it.each([
    ["text", Secret.text("x".repeat(maxStoredBytes + 1))],
    ["binary", Secret.binary(new Uint8Array(maxBinaryBytes + 1))],
  ])("refuse %s beyond the limit", (_kind, secret) => {
    expect(() => toStoredValue(secret)).toThrow(expect.objectContaining({ code: "TooLarge" }));
  });

  it.each([
    ["no content type", "plain", undefined, Secret.text("plain")],
    ["an unknown content type", "MIIK…", "application/x-pkcs12", Secret.text("MIIK…")],
    ["JSON in another form", '{ "b": 1, "a": 2 }', "application/json", Secret.json({ a: 2, b: 1 })],
    ["JSON with a charset", "[1]", "Application/JSON; charset=utf-8", Secret.json([1])],
    ["JSON that is none", "{oops", "application/json", Secret.text("{oops")],
    [
      "a number too long",
      "12345678901234567890",
      "application/json",
      Secret.text("12345678901234567890"),
    ],
    [
      "octets that are no base64",
      "not base64!",
      "application/octet-stream; encoding=base64",
      Secret.text("not base64!"),
    ],
    ["octets of another tool", "AP8=", "application/octet-stream", Secret.text("AP8=")],
  ])("read what another tool wrote with %s", (_what, value, contentType, expected) => {
    const secret = fromStoredValue(value, contentType);
    expect(secret.kind).toBe(expected.kind);
    expect(secret.equals(expected)).toBe(true);
  });
});
