import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { printable } from "../../../output/output.js";
import { mountOption, openTransit } from "../../../transit/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit key list",
    summary: summaries.list,
    arguments: [],
    options: [mountOption],
    examples: [{ command: "kinko transit key list", does: "one name a line" }],
  },
  run: list,
};

async function list(context: CommandContext, input: ParsedInput): Promise<number> {
  const { transit, call } = await openTransit(context, input);
  const keys = [...(await transit.listKeys(call))].sort();
  if (context.globals.json) await context.output.json({ keys });
  else await context.output.data(keys.map((key) => `${printable(key)}\n`).join(""));
  return exitCodes.Ok;
}
