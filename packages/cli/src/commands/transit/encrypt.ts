import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { convertLarge, isLarge } from "../../transit/large-file.js";
import {
  bindingOf,
  bindingOptions,
  fileOptions,
  keyArgument,
  mountOption,
  openTransit,
} from "../../transit/options.js";
import { readValue } from "../../transit/values.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit encrypt",
    summary: summaries.encrypt,
    details: [
      "Without --in and --out a value of at most 768 KiB comes from stdin (or, in a terminal, from a prompt that does not show it), Vault encrypts it, and the ciphertext goes to stdout.",
      "With both, a file or stream of any size is encrypted here, in constant memory, with a data key that Vault wraps. The file appears whole or not at all.",
    ],
    arguments: [keyArgument],
    options: [
      ...fileOptions,
      ...bindingOptions,
      {
        name: "key-version",
        value: "N",
        description: "version of the key for a value (default the newest)",
      },
      { name: "keep-newline", description: "keep the line end at the end of stdin" },
      mountOption,
    ],
    examples: [
      {
        command: "printf 4111-1111 | kinko transit encrypt cards",
        does: "a value to a ciphertext",
      },
      {
        command: "kinko transit encrypt backups --in backup.tar --out backup.tar.kinko",
        does: "a file of any size",
      },
      {
        command: "pg_dump app | kinko transit encrypt backups --in - --out app.sql.kinko",
        does: "a stream, so that the plaintext never is on disk",
      },
    ],
  },
  run: encrypt,
};

async function encrypt(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const { transit, call } = await openTransit(context, input);
  if (isLarge(input)) return convertLarge(context, input, "encrypt", transit);
  const key = input.args[0] as string;
  const value = await readValue(context, input, `Value to encrypt with ${key}`);
  try {
    if (globals.dryRun) {
      output.note(`Would encrypt ${value.byteLength} bytes with ${key}.`);
      return exitCodes.Ok;
    }
    const keyVersion = input.text("key-version");
    const ciphertext = await transit.encrypt(key, value, {
      ...bindingOf(input),
      ...call,
      keyVersion,
    });
    if (globals.json) await output.json({ key, ciphertext });
    else await output.data(`${ciphertext}\n`);
    return exitCodes.Ok;
  } finally {
    value.dispose();
  }
}
