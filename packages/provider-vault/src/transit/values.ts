import { isSecret, Secret, type CryptoInput } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";

/**
 * Largest plaintext in bytes: its ciphertext in base64 has to fit into 1 MiB, which is the longest
 * string that Vault takes in a request (`max_json_string_value_length`, since 1.20.3).
 */
export const maxPlaintextBytes = 786_000;

/** A copy of the input's bytes, which its holder erases. @throws TooLargeError */
export function copyInput(input: CryptoInput, field: string): Buffer {
  const size = input.byteLength;
  if (size > maxPlaintextBytes) {
    throw vaultError("TooLarge", `The ${field} has more than ${maxPlaintextBytes} bytes.`, {
      reason: "input-too-large",
      field,
      advice:
        "Encrypt large data with encryptFile or encryptStream of @kinko/core/envelope; sign its hash, with prehashed.",
    });
  }
  if (isSecret(input)) return input.bytes();
  const copy = size > maxSlabItemBytes ? Buffer.alloc(size) : fromSlab(size);
  copy.set(input);
  return copy;
}

/** Small copies share a buffer of ours: one for each costs the garbage collector more than all the rest. */
const slabBytes = 64 * 1024;
const maxSlabItemBytes = 4 * 1024;
let slab = Buffer.alloc(0);
let slabUsed = 0;

/** A part of it that nobody has had before; its holder erases it as any other. */
function fromSlab(size: number): Buffer {
  if (slabUsed + size > slab.byteLength) {
    slab = Buffer.alloc(slabBytes);
    slabUsed = 0;
  }
  slabUsed += size;
  return slab.subarray(slabUsed - size, slabUsed);
}

/** Base64 of bytes, which are erased: the string goes into the next request and then out of reach. */
export function encodeAndErase(bytes: Buffer): string {
  const text = bytes.toString("base64");
  bytes.fill(0);
  return text;
}

/** Base64 of bytes, which stay as they are. */
export function encodeBase64(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined
    ? undefined
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Bytes of base64, in a buffer outside of Node's shared pool. */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text, "base64"));
  const length = bytes.write(text, "base64");
  return length === bytes.byteLength ? bytes : bytes.subarray(0, length);
}

/** The secret in base64 of an answer. */
export function secretOf(text: string): Secret {
  const bytes = decodeBase64(text);
  try {
    return Secret.binary(bytes);
  } finally {
    bytes.fill(0);
  }
}
