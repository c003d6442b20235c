import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { fileError, usageError } from "../errors.js";
import type { CliIo } from "../io.js";

/** More than any store takes; what is larger is a mistake, such as the wrong file. */
const maxInputBytes = 64 * 1024 * 1024;

/**
 * Everything on stdin, in a buffer of its own.
 * @throws CliError when stdin is a terminal, which would echo a secret
 */
export async function readStdin(io: CliIo): Promise<Buffer> {
  if (io.stdin.isTTY === true) {
    throw usageError(
      "What is typed here would be shown in the terminal.",
      "visible-input",
      "Let stderr go to the terminal to be asked without echo, or pipe the value in.",
    );
  }
  return collect(io.stdin);
}

/** Everything of a stream, in a buffer of its own; the pieces are zeroed. */
async function collect(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    length += bytes.byteLength;
    if (length > maxInputBytes) throw tooMuch();
    chunks.push(bytes);
  }
  const whole = Buffer.alloc(length);
  let offset = 0;
  for (const chunk of chunks) {
    chunk.copy(whole, offset);
    chunk.fill(0);
    offset += chunk.byteLength;
  }
  return whole;
}

/** The bytes of a file. @throws CliError (File) */
export async function readFileBytes(io: CliIo, file: string): Promise<Buffer> {
  try {
    const handle = await open(resolve(io.cwd, file), "r");
    try {
      const { size } = await handle.stat();
      if (size > maxInputBytes) throw tooMuch();
      // Not readFile: a device or a pipe tells no size, and may never end.
      return await collect(handle.createReadStream({ autoClose: false }));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && error.name === "UsageError") throw error;
    throw fileError("read", file, error);
  }
}

/** Without one line end at the end: people and `echo` put it there, secrets seldom have it. */
export function withoutLineEnd(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}

function tooMuch(): Error {
  return usageError(
    `The input is larger than ${maxInputBytes / 1024 / 1024} MiB.`,
    "input-too-large",
    "Check that it is the right file; keep large data elsewhere, and only its key here.",
  );
}
