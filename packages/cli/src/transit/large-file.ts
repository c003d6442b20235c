import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { EncryptionCapability } from "@kinko/core";
import type { CommandContext } from "../command.js";
import { fileError, usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { formatBytes, progressBar } from "../output/progress.js";
import { bindingOf } from "./options.js";

/** Whether `--in` and `--out` ask for an envelope. @throws CliError when one of them is missing */
export function isLarge(input: ParsedInput): boolean {
  const [from, to] = [input.text("in"), input.text("out")];
  if (from === undefined && to === undefined) return false;
  if (from !== undefined && to !== undefined) return true;
  throw usageError(
    "A file needs both --in and --out.",
    "missing-option",
    "Write --in FILE --out FILE; - stands for stdin and stdout.",
  );
}

/** Encrypts or opens a file or stream of any size as an envelope. */
export async function convertLarge(
  context: CommandContext,
  input: ParsedInput,
  direction: "encrypt" | "decrypt",
  encryption: EncryptionCapability,
): Promise<number> {
  const { io, output, globals } = context;
  const from = input.text("in") ?? "-";
  const to = input.text("out") ?? "-";
  const key = input.args[0] as string;
  if (globals.dryRun) {
    output.note(`Would ${direction} ${shown(from)} to ${shown(to)}.`);
    return exitCodes.Ok;
  }
  if (to === "-" && output.isTerminal) {
    throw usageError(
      "A terminal is no place for a file.",
      "binary-to-terminal",
      "Write it to a file with --out FILE, or into a pipe.",
    );
  }
  const { decryptFile, decryptStream, encryptFile, encryptStream } =
    await import("@kinko/core/envelope");
  const bar = progressBar(context, formatBytes);
  const common = { ...bindingOf(input), encryption, key };
  let result: { readonly inputBytes: number; readonly outputBytes: number };
  try {
    if (from !== "-" && to !== "-") {
      const convert = direction === "encrypt" ? encryptFile : decryptFile;
      result = await convert(resolve(io.cwd, from), resolve(io.cwd, to), {
        ...common,
        onProgress: ({ bytes, totalBytes }) => bar.show(bytes, totalBytes),
      });
    } else {
      const counted = { inputBytes: 0, outputBytes: 0 };
      const source = count(readFrom(context, from), (bytes) => {
        counted.inputBytes += bytes;
        bar.show(counted.inputBytes, undefined);
      });
      const convert = direction === "encrypt" ? encryptStream : decryptStream;
      const pieces = convert(source, common);
      if (to === "-") {
        for await (const piece of pieces) {
          try {
            await output.data(piece);
            counted.outputBytes += piece.byteLength;
          } finally {
            // What was opened is the receiver's to erase.
            piece.fill(0);
          }
        }
      } else {
        const { writeStreamAtomically } = await import("@kinko/core/envelope");
        counted.outputBytes = await writeStreamAtomically(resolve(io.cwd, to), pieces);
      }
      result = counted;
    }
  } finally {
    bar.end();
  }
  // Where the data goes to stdout, nothing else may.
  if (globals.json && to !== "-") await output.json({ key, input: from, output: to, ...result });
  else {
    const done = direction === "encrypt" ? "Encrypted" : "Opened";
    output.note(`${done} ${formatBytes(result.inputBytes)} from ${shown(from)} to ${shown(to)}.`);
  }
  return exitCodes.Ok;
}

async function* readFrom({ io }: CommandContext, file: string): AsyncGenerator<Uint8Array> {
  const stream = file === "-" ? io.stdin : createReadStream(resolve(io.cwd, file));
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (error) {
    throw fileError("read", shown(file), error);
  }
}

async function* count(
  pieces: AsyncIterable<Uint8Array>,
  onPiece: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onPiece(piece.byteLength);
    yield piece;
  }
}

function shown(file: string): string {
  return file === "-" ? "the pipe" : file;
}
