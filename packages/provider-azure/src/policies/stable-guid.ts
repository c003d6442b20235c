import { createHash } from "node:crypto";

/** Namespace of names that are URLs. Source: RFC 9562, section 6.6. */
const namespace = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** A GUID that is always the same for one text: version 5 of RFC 9562. */
export function stableGuid(text: string): string {
  const hash = createHash("sha1").update(namespace).update(text).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex", 0, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
