import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import { callOf } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault namespace delete",
    summary: summaries.delete,
    arguments: [{ name: "PATH", description: "such as team" }],
    options: [],
    examples: [{ command: "kinko vault namespace delete team", does: "after a question" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const path = input.args[0] as string;
  const namespaces = (await context.openStore()).as("namespaces");
  await namespaces.read(path, callOf(context));
  if (globals.dryRun) {
    output.note(`Would destroy the namespace ${path}.`);
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, `Destroy the namespace ${path} with all that is in it?`);
  await namespaces.delete(path, { ...callOf(context), confirm: path });
  output.note(`Destroyed ${path}.`);
  return exitCodes.Ok;
}
