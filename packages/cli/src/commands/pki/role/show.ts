import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { mountOption, openPki } from "../../../pki/options.js";
import { callOf } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki role show",
    summary: summaries.show,
    arguments: [{ name: "ROLE", description: "name of the role" }],
    options: [mountOption],
    examples: [{ command: "kinko pki role show web", does: "what it allows" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const role = await (
    await openPki(context, input)
  ).readRole(input.args[0] as string, callOf(context));
  await showFacts(context, { ...role });
  return exitCodes.Ok;
}
