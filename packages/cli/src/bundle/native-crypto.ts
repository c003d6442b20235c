import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";

/**
 * Stands in for the hashes and the cipher that age-encryption brings as JavaScript, with the same
 * signatures, on Node's own OpenSSL: JavaScript that runs once is never compiled, and reading one
 * secret spent more time hashing than on anything else. Only what age-encryption calls is here.
 */
type Hash = typeof sha256;

const tagBytes = 16;

/** SHA-256; also names the hash where one is asked for. */
export function sha256(message: Uint8Array): Uint8Array {
  return bytes(createHash("sha256").update(message).digest());
}

export function hmac(_hash: Hash, key: Uint8Array, message: Uint8Array): Uint8Array {
  return bytes(createHmac("sha256", key).update(message).digest());
}

/** RFC 5869. No salt counts as one of 32 zero bytes, which HMAC makes of an empty one. */
export function hkdf(
  _hash: Hash,
  inputKey: Uint8Array,
  salt: Uint8Array | undefined,
  info: Uint8Array | undefined,
  length: number,
): Uint8Array {
  const none = new Uint8Array(0);
  return new Uint8Array(hkdfSync("sha256", inputKey, salt ?? none, info ?? none, length));
}

/** @throws Error when the tag does not fit */
export function chacha20poly1305(key: Uint8Array, nonce: Uint8Array) {
  const options = { authTagLength: tagBytes };
  return {
    encrypt(plaintext: Uint8Array): Uint8Array {
      const cipher = createCipheriv("chacha20-poly1305", key, nonce, options);
      return bytes(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
    },
    decrypt(ciphertext: Uint8Array): Uint8Array {
      if (ciphertext.byteLength < tagBytes) throw new Error("The ciphertext has no tag.");
      const decipher = createDecipheriv("chacha20-poly1305", key, nonce, options);
      decipher.setAuthTag(ciphertext.subarray(-tagBytes));
      const plaintext = decipher.update(ciphertext.subarray(0, -tagBytes));
      decipher.final();
      return bytes(plaintext);
    },
  };
}

function refuse(): never {
  throw new Error("The kinko command has no age keys other than X25519 and passphrases.");
}

/** Of the other kinds of age keys. */
export const extract = refuse;
export const expand = refuse;
/** The provider brings its own, see scrypt.ts there. */
export const scrypt = refuse;

/** Plain bytes in memory of their own: what Buffer makes may be a view into its shared pool. */
function bytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
