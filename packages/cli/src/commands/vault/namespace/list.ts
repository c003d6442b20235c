import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf } from "../../../vault/options.js";
import { showNames } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault namespace list",
    summary: summaries.list,
    arguments: [],
    options: [],
    examples: [{ command: "kinko vault namespace list", does: "one a line" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  void input;
  const namespaces = (await context.openStore()).as("namespaces");
  await showNames(context, "namespaces", await namespaces.list(callOf(context)));
  return exitCodes.Ok;
}
