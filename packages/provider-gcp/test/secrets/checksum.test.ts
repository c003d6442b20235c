import { expect, test } from "vitest";
import { checksumOf } from "../../src/secrets/checksum.js";

// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
test.each([
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from("123456789"), 0xe3069283],
  [Buffer.alloc(0), 0],
])("checksums are CRC-32C, unsigned and in decimal", (bytes, expected) => {
  expect(checksumOf(bytes)).toBe(String(expected));
});
