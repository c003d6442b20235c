import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chacha20poly1305, hkdf, hmac, sha256 } from "../../src/bundle/native-crypto.js";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/gu, ""), "hex"));
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");

describe("native stand-ins for age's JavaScript cryptography", () => {
  it("hashes like FIPS 180-4's example for abc", () => {
    expect(hex(sha256(new TextEncoder().encode("abc")))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("authenticates like test case 2 of RFC 4231", () => {
    const [key, data] = ["Jefe", "what do ya want for nothing?"].map((text) =>
      new TextEncoder().encode(text),
    );
    expect(hex(hmac(sha256, key as Uint8Array, data as Uint8Array))).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  it("derives keys like test case 1 of RFC 5869", () => {
    const key = hkdf(
      sha256,
      bytes("0b".repeat(22)),
      bytes("000102030405060708090a0b0c"),
      bytes("f0f1f2f3f4f5f6f7f8f9"),
      42,
    );
    expect(hex(key)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  it("derives keys without a salt like test case 3 of RFC 5869", () => {
    expect(hex(hkdf(sha256, bytes("0b".repeat(22)), undefined, undefined, 42))).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });

  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const nonce = fc.uint8Array({ minLength: 12, maxLength: 12 });

  it("decrypts what it encrypted, 16 bytes longer, whatever key, nonce and length", () => {
    fc.assert(
      fc.property(key, nonce, fc.uint8Array({ maxLength: 300 }), (k, n, plaintext) => {
        const ciphertext = chacha20poly1305(k, n).encrypt(plaintext);
        expect(ciphertext).toHaveLength(plaintext.length + 16);
        expect(chacha20poly1305(k, n).decrypt(ciphertext)).toEqual(plaintext);
      }),
    );
  });

  it("refuses a ciphertext with any one bit changed, and one without a tag", () => {
    fc.assert(
      fc.property(key, nonce, fc.uint8Array({ maxLength: 40 }), fc.nat(), (k, n, plaintext, at) => {
        const ciphertext = chacha20poly1305(k, n).encrypt(plaintext);
        const bit = at % (ciphertext.length * 8);
        ciphertext[bit >> 3] = (ciphertext[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => chacha20poly1305(k, n).decrypt(ciphertext)).toThrow();
      }),
    );
    expect(() =>
      chacha20poly1305(new Uint8Array(32), new Uint8Array(12)).decrypt(new Uint8Array(15)),
    ).toThrow();
  });

  it("encrypts like the AEAD of RFC 8439 without associated data", () => {
    // Key and nonce of section 2.8.2; the ciphertext does not depend on the associated data there.
    const k = bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    const n = bytes("070000004041424344454647");
    const plaintext = new TextEncoder().encode("Ladies and Gentlemen of the class of '99");
    expect(hex(chacha20poly1305(k, n).encrypt(plaintext).subarray(0, 16))).toBe(
      "d31a8d34648e60db7b86afbc53ef7ec2",
    );
  });

  it("keeps results in memory of their own, as callers erase them", () => {
    expect(sha256(new Uint8Array(1)).buffer.byteLength).toBe(32);
    const sealed = chacha20poly1305(new Uint8Array(32), new Uint8Array(12)).encrypt(
      new Uint8Array(4),
    );
    expect(sealed.buffer.byteLength).toBe(20);
  });
});
