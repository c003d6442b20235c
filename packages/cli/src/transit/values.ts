import { Secret } from "@kinko/core";
import type { CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { writeFileAtomically } from "../files/write-file.js";
import { readFileBytes, readStdin, withoutLineEnd } from "../input/read-bytes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { askHiddenTwice, canAsk } from "../prompt/ask.js";

/**
 * A value to encrypt or sign: a file as it is, what is typed without echo, or stdin without one line
 * end at its end.
 */
export async function readValue(
  { io }: CommandContext,
  input: ParsedInput,
  question: string,
): Promise<Secret> {
  const file = input.text("in");
  let bytes: Buffer;
  if (file !== undefined && file !== "-") bytes = await readFileBytes(io, file);
  else if (file === undefined && canAsk(io))
    bytes = Buffer.from(await askHiddenTwice(io, question));
  else {
    const whole = await readStdin(io);
    bytes = input.flag("keep-newline") ? whole : withoutLineEnd(whole);
  }
  try {
    return Secret.binary(bytes);
  } finally {
    bytes.fill(0);
  }
}

/** Text that is not secret, such as a ciphertext, from a file or stdin. */
export async function readText({ io }: CommandContext, input: ParsedInput): Promise<string> {
  const file = input.text("in");
  const bytes =
    file === undefined || file === "-" ? await readStdin(io) : await readFileBytes(io, file);
  return bytes.toString("latin1").trim();
}

/** Where a secret goes: a file, stdout with `--reveal`, or nowhere. */
export async function writeSecret(
  context: CommandContext,
  input: ParsedInput,
  secret: Secret,
  encode: (bytes: Buffer) => string | Buffer = (bytes) => bytes,
): Promise<void> {
  const { output, globals, io } = context;
  const file = input.text("out");
  const bytes = secret.bytes();
  try {
    if (file !== undefined && file !== "-") {
      await writeFileAtomically(file, encode(bytes), { cwd: io.cwd });
      output.note(`Wrote ${secret.byteLength} bytes to ${file}, readable only by you.`);
      return;
    }
    if (globals.json) {
      const shown = input.flag("reveal") ? { valueBase64: bytes.toString("base64") } : {};
      await output.json({ bytes: secret.byteLength, masked: !input.flag("reveal"), ...shown });
      return;
    }
    if (!input.flag("reveal")) {
      await output.data(`●●●●●●●● (${secret.byteLength} bytes)\n`);
      output.note("The value is masked; --reveal shows it, --out FILE writes it to a file.");
      return;
    }
    const encoded = encode(bytes);
    if (output.isTerminal && typeof encoded !== "string" && !isText(secret)) {
      throw usageError(
        "The value is binary and would upset the terminal.",
        "binary-to-terminal",
        "Write it to a file with --out, or into a pipe.",
      );
    }
    await output.data(encoded);
    if (output.isTerminal) await output.data("\n");
  } finally {
    bytes.fill(0);
  }
}

function isText(secret: Secret): boolean {
  try {
    secret.text();
    return true;
  } catch {
    return false;
  }
}
