import { timingSafeEqual } from "node:crypto";
import { CorruptError, InvalidValueError } from "../errors/classes.js";
import { ByteReader, type ByteSource } from "./byte-reader.js";
import { ChunkCipher, tagBytes } from "./chunk-cipher.js";
import { refuseAborted } from "./encrypt-stream.js";
import { headerChanged, readHeader, type EnvelopeHeader } from "./header.js";
import type { DecryptEnvelopeOptions } from "./options.js";

/**
 * Opens what {@link encryptStream} has made. Every piece is authentic and in its place when it comes,
 * but whether the end is there shows only at the end: what acts on a part must be able to take it
 * back, or use `decryptFile`, which delivers all or nothing.
 *
 * The pieces are the receiver's, to erase when they are used.
 *
 * @throws CorruptError for what was changed, cut, or continued; InvalidValueError for what is no
 * envelope; SecretError of the backend
 */
export async function* decryptStream(
  source: ByteSource,
  options: DecryptEnvelopeOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = new ByteReader(source);
  let cipher: ChunkCipher | undefined;
  try {
    const { header, encoded, mac } = await readHeader(reader);
    cipher = await openHeader(header, encoded, mac, options);
    let counter = 0;
    for await (const { bytes, last } of reader.blocks(header.chunkBytes + tagBytes)) {
      refuseAborted(options.signal);
      const plaintext = cipher.open(bytes, counter, last);
      // An empty last chunk is for an empty input alone: one form for each plaintext.
      const superfluous = last && counter > 0 && bytes.byteLength === tagBytes;
      if (plaintext === undefined || superfluous) throw broken(cipher, bytes, counter, last);
      if (plaintext.byteLength > 0) yield plaintext;
      counter += 1;
    }
  } finally {
    cipher?.dispose();
    await reader.close();
  }
}

async function openHeader(
  header: EnvelopeHeader,
  encoded: Buffer,
  mac: Buffer,
  { encryption, key, context, associatedData, signal }: DecryptEnvelopeOptions,
): Promise<ChunkCipher> {
  if (key !== undefined && key !== header.key) {
    throw new InvalidValueError("The envelope was made with another key than the one required.", {
      reason: "unexpected-key",
      field: "key",
      advice: "Check where the file comes from, or require its own key.",
    });
  }
  const dataKey = await encryption.decrypt(header.key, header.wrapped, { context, signal });
  try {
    const cipher = new ChunkCipher({ dataKey, header, encoded, associatedData });
    if (timingSafeEqual(cipher.headerMac(), mac)) return cipher;
    cipher.dispose();
    throw headerChanged();
  } finally {
    dataKey.dispose();
  }
}

/** What is wrong with a chunk: one that opens at the other place tells where the end really is. */
function broken(cipher: ChunkCipher, bytes: Buffer, counter: number, last: boolean): Error {
  const other = cipher.open(bytes, counter, !last);
  other?.fill(0);
  if (bytes.byteLength < tagBytes || (last && other !== undefined)) {
    return new CorruptError("The envelope ends before its end: it was cut.", {
      reason: "envelope-truncated",
      field: "input",
      advice: "Take the whole file; nothing was delivered as complete.",
    });
  }
  if (!last && other !== undefined) {
    return new CorruptError("The envelope goes on behind its end: something was added.", {
      reason: "envelope-continues",
      field: "input",
      advice: "Take the file as it was written; nothing was delivered as complete.",
    });
  }
  return new CorruptError(`Chunk ${counter + 1} of the envelope is not authentic.`, {
    reason: "chunk-not-authentic",
    field: "input",
    advice: "It was changed, moved or cut: take the file from a backup.",
  });
}
