import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** First bytes of the file: what it is, and in which version. */
const magic = Buffer.from("kinko-fallback-1\n");
const saltBytes = 32;
const tagBytes = 16;
/** Each file has a key of its own by its salt, so that no nonce is ever used twice under a key. */
const nonce = Buffer.alloc(12);

/** Length of a key, in bytes. */
export const keyBytes = 32;

/** AES-256-GCM under a key that is derived (HKDF-SHA-256) for this file and this store alone. */
export function seal(plain: Buffer, key: Uint8Array, store: string): Buffer {
  const salt = randomBytes(saltBytes);
  const own = deriveKey(key, salt, store);
  try {
    const cipher = createCipheriv("aes-256-gcm", own, nonce).setAAD(magic);
    const body = cipher.update(plain);
    return Buffer.concat([magic, salt, body, cipher.final(), cipher.getAuthTag()]);
  } finally {
    own.fill(0);
  }
}

/** Undefined when a single bit is not as it was sealed, or with another key or for another store. */
export function unseal(sealed: Buffer, key: Uint8Array, store: string): Buffer | undefined {
  const least = magic.byteLength + saltBytes + tagBytes;
  if (sealed.byteLength < least || !sealed.subarray(0, magic.byteLength).equals(magic)) {
    return undefined;
  }
  const salt = sealed.subarray(magic.byteLength, magic.byteLength + saltBytes);
  const own = deriveKey(key, salt, store);
  try {
    const decipher = createDecipheriv("aes-256-gcm", own, nonce, { authTagLength: tagBytes });
    decipher.setAAD(magic).setAuthTag(sealed.subarray(-tagBytes));
    const plain = decipher.update(sealed.subarray(magic.byteLength + saltBytes, -tagBytes));
    try {
      decipher.final();
      return plain;
    } catch {
      plain.fill(0);
      return undefined;
    }
  } finally {
    own.fill(0);
  }
}

function deriveKey(key: Uint8Array, salt: Uint8Array, store: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, `kinko cache fallback\0${store}`, keyBytes));
}
