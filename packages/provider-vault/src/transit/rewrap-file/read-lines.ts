import type { FileHandle } from "node:fs/promises";
import { vaultError } from "../../errors/vault-error.js";

/** Some lines of a file. */
export interface LineBatch {
  readonly lines: readonly string[];
  /** Number of the first one, from 1. */
  readonly firstLine: number;
  /** Where the file goes on behind them. */
  readonly endOffset: number;
  /** False for the last line of a file that does not end with a line end. */
  readonly ended: boolean;
}

/** Longest line: Vault's ciphertexts have 1 MiB at most. */
const maxLineBytes = 1_100_000;

const chunkBytes = 256 * 1024;

/**
 * Lines of a file from an offset on, some at a time; a carriage return at the end of a line does not
 * count as part of it.
 */
export async function* readLineBatches(
  handle: FileHandle,
  from: { readonly offset: number; readonly line: number },
  limits: { readonly lines: number; readonly bytes: number },
): AsyncGenerator<LineBatch> {
  let rest = Buffer.alloc(0);
  let position = from.offset;
  let endOffset = from.offset;
  let lineNumber = from.line;
  let lines: string[] = [];
  let size = 0;
  const take = (line: Buffer, ended: boolean): void => {
    const text = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
    lines.push(text.toString("latin1"));
    size += line.byteLength;
    endOffset += line.byteLength + (ended ? 1 : 0);
  };
  const batch = (ended: boolean): LineBatch => {
    const made = { lines, firstLine: lineNumber, endOffset, ended };
    lineNumber += lines.length;
    lines = [];
    size = 0;
    return made;
  };
  const chunk = Buffer.alloc(chunkBytes);
  while (true) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let block = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    for (let at = block.indexOf(0x0a); at !== -1; at = block.indexOf(0x0a)) {
      take(block.subarray(0, at), true);
      block = block.subarray(at + 1);
      if (lines.length >= limits.lines || size >= limits.bytes) yield batch(true);
    }
    if (block.byteLength > maxLineBytes) throw tooLong(lineNumber + lines.length);
    rest = Buffer.from(block);
  }
  if (rest.byteLength > 0) {
    take(rest, false);
    yield batch(false);
  } else if (lines.length > 0) {
    yield batch(true);
  }
}

function tooLong(line: number): Error {
  return vaultError("InvalidValue", `Line ${line} is longer than any ciphertext.`, {
    operation: "rewrapFile",
    reason: "line-too-long",
    field: "input",
    advice: "Write one ciphertext a line.",
  });
}
