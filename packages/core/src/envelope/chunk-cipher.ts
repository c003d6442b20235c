import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { InvalidValueError } from "../errors/classes.js";
import type { Secret } from "../secret/secret.js";
import type { EnvelopeHeader } from "./header.js";

/** Length of the tag behind every chunk. */
export const tagBytes = 16;

const cipherName = "aes-256-gcm";
const maxCounter = 2 ** 32 - 1;

/**
 * Encrypts and opens the chunks of one envelope by the STREAM construction (Hoang, Reyhanitabar,
 * Rogaway, Vizár 2015): the nonce of a chunk holds its number and whether it is the last, so that no
 * chunk can be taken for another, and the end cannot be moved.
 *
 * The keys are derived from the data key and the header by HKDF-SHA-256, so that a chunk opens only
 * under the very header that it was made with.
 */
export class ChunkCipher {
  readonly #keys: Buffer;
  readonly #header: EnvelopeHeader;
  readonly #encoded: Buffer;

  /** @param encoded the header in bytes, without its MAC */
  constructor(options: {
    readonly dataKey: Secret;
    readonly header: EnvelopeHeader;
    readonly encoded: Buffer;
    readonly associatedData: Uint8Array | undefined;
  }) {
    const { dataKey, header, encoded, associatedData = new Uint8Array(0) } = options;
    // The header tells its own length, so that nothing of it can be taken for associated data.
    const salt = createHash("sha256").update(encoded).update(associatedData).digest();
    const secret = dataKey.bytes();
    try {
      this.#keys = Buffer.from(hkdfSync("sha256", secret, salt, "kinko envelope v1", 64));
    } finally {
      secret.fill(0);
    }
    this.#header = header;
    this.#encoded = encoded;
  }

  /** Authenticates the header, and commits to the data key. */
  headerMac(): Buffer {
    return createHmac("sha256", this.#keys.subarray(32)).update(this.#encoded).digest();
  }

  /** Ciphertext and tag of a chunk. */
  seal(plaintext: Buffer, counter: number, last: boolean): Buffer {
    if (counter > maxCounter) throw tooLong();
    const sealed = Buffer.allocUnsafeSlow(plaintext.byteLength + tagBytes);
    const cipher = createCipheriv(cipherName, this.#chunkKey, this.#nonce(counter, last), {
      authTagLength: tagBytes,
    });
    cipher.update(plaintext).copy(sealed);
    cipher.final();
    cipher.getAuthTag().copy(sealed, plaintext.byteLength);
    return sealed;
  }

  /** Plaintext of a chunk; undefined when it is not the one with this number and place. */
  open(sealed: Buffer, counter: number, last: boolean): Buffer | undefined {
    if (sealed.byteLength < tagBytes) return undefined;
    const end = sealed.byteLength - tagBytes;
    const decipher = createDecipheriv(cipherName, this.#chunkKey, this.#nonce(counter, last), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(sealed.subarray(end));
    const plaintext = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
      return plaintext;
    } catch {
      plaintext.fill(0);
      return undefined;
    }
  }

  /** Erases the keys. */
  dispose(): void {
    this.#keys.fill(0);
  }

  get #chunkKey(): Buffer {
    return this.#keys.subarray(0, 32);
  }

  #nonce(counter: number, last: boolean): Buffer {
    const { noncePrefix } = this.#header;
    const nonce = Buffer.alloc(noncePrefix.byteLength + 5);
    noncePrefix.copy(nonce);
    nonce.writeUInt32BE(counter, noncePrefix.byteLength);
    nonce.writeUInt8(last ? 1 : 0, noncePrefix.byteLength + 4);
    return nonce;
  }
}

function tooLong(): Error {
  return new InvalidValueError("An envelope has 2^32 chunks at most.", {
    reason: "envelope-too-long",
    field: "input",
    advice: "Choose larger chunks, or several files.",
  });
}
