import { CorruptError, InvalidValueError, UnsupportedError } from "../errors/classes.js";
import type { ByteReader } from "./byte-reader.js";

/** What stands at the beginning of an envelope; all of it is authenticated, nothing of it secret. */
export interface EnvelopeHeader {
  /** Name of the key that wraps the data key. */
  readonly key: string;
  /** The data key, as the backend encrypted it. */
  readonly wrapped: string;
  /** Plaintext bytes in every chunk but the last. */
  readonly chunkBytes: number;
  /** Random, the same in the nonce of every chunk. */
  readonly noncePrefix: Buffer;
}

const magic = Buffer.from("KINKOENV", "latin1");
const version = 1;
/** AES-256-GCM in the STREAM construction. */
const algorithm = 1;
const fixedBytes = 25;

/** A chunk has 12 bytes of nonce: these, 4 of counter, 1 that marks the last. */
export const noncePrefixBytes = 7;
/** Length of the header's own MAC, which follows it. */
export const headerMacBytes = 32;
const maxKeyBytes = 1_024;
/** More than any backend's: AWS KMS gives 6,144 at most. */
const maxWrappedBytes = 16_384;
const minChunkBytes = 1_024;
const maxChunkBytes = 16 * 1024 * 1024;

/** Plaintext bytes of a chunk unless told. */
export const defaultChunkBytes = 256 * 1024;

/** @throws InvalidValueError */
export function checkChunkBytes(chunkBytes: number): number {
  if (isChunkBytes(chunkBytes)) return chunkBytes;
  throw new InvalidValueError("This is not a size that the chunks of an envelope can have.", {
    reason: "invalid-chunk-size",
    field: "chunkBytes",
    advice: `Choose a whole number from ${minChunkBytes} to ${maxChunkBytes}.`,
  });
}

function isChunkBytes(value: number): boolean {
  return Number.isInteger(value) && value >= minChunkBytes && value <= maxChunkBytes;
}

/** The header in bytes, without its MAC; see docs/envelope-format.md. */
export function encodeHeader(header: EnvelopeHeader): Buffer {
  const key = Buffer.from(header.key, "utf8");
  const wrapped = Buffer.from(header.wrapped, "utf8");
  if (key.byteLength > maxKeyBytes || wrapped.byteLength > maxWrappedBytes) {
    throw new InvalidValueError("The name of the key, or its wrapped form, is too long.", {
      reason: "header-too-long",
      field: "key",
      advice: "Use a key with a shorter name.",
    });
  }
  const fixed = Buffer.alloc(fixedBytes);
  magic.copy(fixed, 0);
  fixed.writeUInt8(version, 8);
  fixed.writeUInt8(algorithm, 9);
  fixed.writeUInt32BE(header.chunkBytes, 10);
  header.noncePrefix.copy(fixed, 14);
  fixed.writeUInt16BE(key.byteLength, 21);
  fixed.writeUInt16BE(wrapped.byteLength, 23);
  return Buffer.concat([fixed, key, wrapped]);
}

/**
 * Reads a header, which is not yet authenticated then.
 * @throws InvalidValueError for what is no envelope, UnsupportedError for one of a later version,
 * CorruptError for one that ends within its header
 */
export async function readHeader(
  reader: ByteReader,
): Promise<{ readonly header: EnvelopeHeader; readonly encoded: Buffer; readonly mac: Buffer }> {
  const fixed = await reader.take(fixedBytes);
  if (!magic.equals(fixed.subarray(0, magic.byteLength))) throw notAnEnvelope();
  if (fixed.byteLength < fixedBytes) throw headerCut();
  if (fixed.readUInt8(8) !== version || fixed.readUInt8(9) !== algorithm) {
    throw new UnsupportedError(
      "The envelope is of a version or algorithm that is not known here.",
      {
        reason: "envelope-version",
        field: "header",
        advice: "Open it with a newer Kinko; if it should be version 1, its header was changed.",
      },
    );
  }
  const chunkBytes = fixed.readUInt32BE(10);
  const keyBytes = fixed.readUInt16BE(21);
  const wrappedBytes = fixed.readUInt16BE(23);
  // Before anything is allocated by what a stranger may have written.
  if (!isChunkBytes(chunkBytes) || keyBytes > maxKeyBytes || wrappedBytes > maxWrappedBytes) {
    throw headerChanged();
  }
  const names = await reader.take(keyBytes + wrappedBytes);
  const mac = await reader.take(headerMacBytes);
  if (mac.byteLength < headerMacBytes) throw headerCut();
  return {
    header: {
      key: names.subarray(0, keyBytes).toString("utf8"),
      wrapped: names.subarray(keyBytes).toString("utf8"),
      chunkBytes,
      noncePrefix: fixed.subarray(14, 14 + noncePrefixBytes),
    },
    encoded: Buffer.concat([fixed, names]),
    mac,
  };
}

/** The header was changed, or the associated data is another. */
export function headerChanged(): Error {
  return new CorruptError("The header of the envelope is not authentic.", {
    reason: "header-not-authentic",
    field: "header",
    advice: "Check the associated data; otherwise the file was changed, so take it from a backup.",
  });
}

function notAnEnvelope(): Error {
  return new InvalidValueError("This is no envelope of Kinko.", {
    reason: "not-an-envelope",
    field: "input",
    advice: "Check that it is the right file, and that it is encrypted.",
  });
}

function headerCut(): Error {
  return new CorruptError("The envelope ends within its header.", {
    reason: "envelope-truncated",
    field: "input",
    advice: "Take the whole file; what is here cannot be opened.",
  });
}
