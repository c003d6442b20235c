import { randomBytes } from "node:crypto";
import { AbortedError } from "../errors/classes.js";
import { ByteReader, type ByteSource } from "./byte-reader.js";
import { ChunkCipher } from "./chunk-cipher.js";
import { checkChunkBytes, defaultChunkBytes, encodeHeader, noncePrefixBytes } from "./header.js";
import type { EncryptEnvelopeOptions } from "./options.js";

/**
 * Encrypts bytes of any length with a data key of their own, which the backend wraps. Memory holds
 * two chunks, however long the input is. The pieces of the source are read and left as they are.
 *
 * @throws SecretError of the backend, and what the source throws
 *
 * @example
 * const encryption = store.as("encryption");
 * await pipeline(source, (bytes) => encryptStream(bytes, { encryption, key: "backups" }), target);
 */
export async function* encryptStream(
  source: ByteSource,
  options: EncryptEnvelopeOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const { encryption, key, context, associatedData, signal } = options;
  const chunkBytes = checkChunkBytes(options.chunkBytes ?? defaultChunkBytes);
  const { wrapped, plaintext: dataKey } = await encryption.dataKey(key, { context, signal });
  const header = { key, wrapped, chunkBytes, noncePrefix: randomBytes(noncePrefixBytes) };
  let encoded: Buffer;
  let cipher: ChunkCipher;
  try {
    encoded = encodeHeader(header);
    cipher = new ChunkCipher({ dataKey, header, encoded, associatedData });
  } finally {
    dataKey.dispose();
  }
  const reader = new ByteReader(source);
  try {
    yield Buffer.concat([encoded, cipher.headerMac()]);
    let counter = 0;
    for await (const { bytes, last } of reader.blocks(chunkBytes)) {
      refuseAborted(signal);
      yield cipher.seal(bytes, counter, last);
      counter += 1;
    }
  } finally {
    cipher.dispose();
    await reader.close();
  }
}

/** @throws AbortedError */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AbortedError("The call was cancelled.");
}
