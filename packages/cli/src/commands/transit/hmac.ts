import type { HashName } from "@kinko/core";
import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { keyArgument, mountOption, openTransit } from "../../transit/options.js";
import { inputOptionSpecs } from "../../transit/sign-options.js";
import { readValue } from "../../transit/values.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit hmac",
    summary: summaries.hmac,
    details: [
      "The input is a file (--in) as it is, or stdin; kinko transit verify --hmac checks it.",
    ],
    arguments: [keyArgument],
    options: [...inputOptionSpecs, mountOption],
    examples: [
      { command: "printf user@example.com | kinko transit hmac lookups", does: "a blind index" },
    ],
  },
  run: hmac,
};

async function hmac(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const key = input.args[0] as string;
  const { transit, call } = await openTransit(context, input);
  const value = await readValue(context, input, `Value for a MAC of ${key}`);
  try {
    const hash = input.text("hash") as HashName | undefined;
    const made = await transit.hmac(key, value, { ...call, hash });
    if (globals.json) await output.json({ key, hmac: made });
    else await output.data(`${made}\n`);
    return exitCodes.Ok;
  } finally {
    value.dispose();
  }
}
