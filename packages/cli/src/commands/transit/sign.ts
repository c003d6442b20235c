import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { keyArgument, mountOption, openTransit } from "../../transit/options.js";
import { signOptions, signOptionSpecs } from "../../transit/sign-options.js";
import { readValue } from "../../transit/values.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit sign",
    summary: summaries.sign,
    details: [
      "The input is a file (--in) as it is, or stdin, at most 768 KiB; of larger ones sign the hash, with --prehashed.",
    ],
    arguments: [keyArgument],
    options: [...signOptionSpecs, mountOption],
    examples: [
      { command: "kinko transit sign releases --in SHA256SUMS", does: "a signature of a file" },
      {
        command:
          "openssl dgst -sha256 -binary app.tar | kinko transit sign releases --in - --prehashed --keep-newline",
        does: "of a large file, by its hash",
      },
    ],
  },
  run: sign,
};

async function sign(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const key = input.args[0] as string;
  const { transit, call } = await openTransit(context, input);
  const value = await readValue(context, input, `Value to sign with ${key}`);
  try {
    const signature = await transit.sign(key, value, { ...signOptions(input), ...call });
    if (globals.json) await output.json({ key, signature });
    else await output.data(`${signature}\n`);
    return exitCodes.Ok;
  } finally {
    value.dispose();
  }
}
