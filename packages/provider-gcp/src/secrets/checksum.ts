import crc32c from "crc-32/crc32c.js";

/** CRC-32C of the bytes as Secret Manager writes it: an unsigned number in decimal. */
export function checksumOf(bytes: Uint8Array): string {
  return String(crc32c.buf(bytes) >>> 0);
}
