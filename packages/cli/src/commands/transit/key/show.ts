import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { keyArgument, mountOption, openTransit } from "../../../transit/options.js";
import { showKey } from "../../../transit/show-key.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit key show",
    summary: summaries.show,
    arguments: [keyArgument],
    options: [mountOption],
    examples: [
      { command: "kinko transit key show backups", does: "type, versions and settings" },
      { command: "kinko transit key show releases --json", does: "with public keys, for a script" },
    ],
  },
  run: show,
};

async function show(context: CommandContext, input: ParsedInput): Promise<number> {
  const { transit, call } = await openTransit(context, input);
  await showKey(context, await transit.readKey(input.args[0] as string, call));
  return exitCodes.Ok;
}
