import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { convertLarge } from "../../transit/large-file.js";
import {
  bindingOf,
  bindingOptions,
  fileOptions,
  keyArgument,
  mountOption,
  openTransit,
} from "../../transit/options.js";
import { readText, writeSecret } from "../../transit/values.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit decrypt",
    summary: summaries.decrypt,
    details: [
      "Without --in a ciphertext comes from stdin, and the value is masked unless --reveal writes it to stdout, or --out to a file.",
      "With --in and --out a file or stream is opened that kinko transit encrypt has made. A file appears only when all of it is authentic. With --out - the pieces are authentic, but whether the end is there shows only in the exit code: what reads them must not act before.",
    ],
    arguments: [keyArgument],
    options: [
      ...fileOptions,
      ...bindingOptions,
      { name: "reveal", description: "write the value to stdout" },
      mountOption,
    ],
    examples: [
      {
        command: "kinko transit decrypt cards --reveal < card.txt",
        does: "a ciphertext to its value",
      },
      {
        command: "kinko transit decrypt backups --in backup.tar.kinko --out backup.tar",
        does: "a file of any size",
      },
    ],
  },
  run: decrypt,
};

async function decrypt(context: CommandContext, input: ParsedInput): Promise<number> {
  const { transit, call } = await openTransit(context, input);
  if (input.text("in") !== undefined && input.text("out") !== undefined) {
    return convertLarge(context, input, "decrypt", transit);
  }
  const key = input.args[0] as string;
  const ciphertext = await readText(context, input);
  const value = await transit.decrypt(key, ciphertext, { ...bindingOf(input), ...call });
  try {
    if (context.globals.dryRun) {
      context.output.note(`Would write ${value.byteLength} bytes.`);
      return exitCodes.Ok;
    }
    await writeSecret(context, input, value);
    return exitCodes.Ok;
  } finally {
    value.dispose();
  }
}
