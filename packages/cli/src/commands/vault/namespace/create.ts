import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault namespace create",
    summary: summaries.create,
    arguments: [{ name: "PATH", description: "such as team" }],
    options: [],
    examples: [
      { command: "kinko vault namespace create team", does: "beneath that of the config" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const path = input.args[0] as string;
  if (context.globals.dryRun) {
    context.output.note(`Would make the namespace ${path}.`);
    return exitCodes.Ok;
  }
  const made = await (await context.openStore()).as("namespaces").create(path, callOf(context));
  await showFacts(context, { id: made.id, path: made.path });
  return exitCodes.Ok;
}
