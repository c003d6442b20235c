import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { isSecretError } from "../errors/secret-error.js";
import { decryptStream } from "./decrypt-stream.js";
import { encryptStream } from "./encrypt-stream.js";
import { fileFailure, writeAtomically } from "./atomic-file.js";
import type {
  DecryptEnvelopeOptions,
  EncryptEnvelopeOptions,
  EnvelopeFileOptions,
} from "./options.js";

/** Bytes that are read at a time. */
const readBytes = 256 * 1024;

/** What became of a file. */
export interface EnvelopeFileResult {
  /** Bytes that were read. */
  readonly inputBytes: number;
  /** Bytes that were written. */
  readonly outputBytes: number;
}

/**
 * Encrypts a file. The output appears whole or not at all, readable by its owner only; it may be the
 * input itself.
 *
 * @throws SecretError also for files that cannot be read or written, with a reason that begins with
 * `file-`
 *
 * @example
 * const encryption = store.as("encryption");
 * await encryptFile("backup.tar", "backup.tar.kinko", { encryption, key: "backups" });
 */
export function encryptFile(
  input: string,
  output: string,
  options: EncryptEnvelopeOptions & EnvelopeFileOptions,
): Promise<EnvelopeFileResult> {
  return convert(input, output, options, (source) => encryptStream(source, options));
}

/**
 * Opens a file that {@link encryptFile} has made. The output appears only when all of it, and its
 * end, is authentic.
 *
 * @throws CorruptError and every other SecretError, and nothing is delivered then
 */
export function decryptFile(
  input: string,
  output: string,
  options: DecryptEnvelopeOptions & EnvelopeFileOptions,
): Promise<EnvelopeFileResult> {
  return convert(input, output, options, (source) => decryptStream(source, options));
}

/**
 * Writes pieces of any source to a file that appears whole or not at all, readable by its owner only.
 * Every piece is erased when it is written.
 *
 * @returns bytes written
 * @throws what the pieces throw, and SecretError for the file itself
 */
export async function writeStreamAtomically(
  output: string,
  pieces: AsyncIterable<Buffer>,
): Promise<number> {
  try {
    return await writeAtomically(output, pieces);
  } catch (error) {
    throw isSecretError(error) ? error : fileFailure(error);
  }
}

async function convert(
  input: string,
  output: string,
  { onProgress }: EnvelopeFileOptions,
  transform: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Buffer>,
): Promise<EnvelopeFileResult> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(input, "r");
    const stats = await handle.stat();
    const totalBytes = stats.isFile() ? stats.size : undefined;
    let inputBytes = 0;
    const source = readPieces(handle, (bytes) => {
      inputBytes = bytes;
      onProgress?.({ bytes, totalBytes });
    });
    const outputBytes = await writeAtomically(output, transform(source));
    return { inputBytes, outputBytes };
  } catch (error) {
    throw isSecretError(error) ? error : fileFailure(error);
  } finally {
    await handle?.close();
  }
}

/** Pieces that are valid until the next one is asked for: one buffer serves for the whole file. */
async function* readPieces(
  handle: FileHandle,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(readBytes);
  let bytes = 0;
  try {
    while (true) {
      const { bytesRead } = await handle.read(buffer, 0, readBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      bytes += bytesRead;
      onRead(bytes);
    }
  } finally {
    buffer.fill(0);
  }
}
