import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { mountOption, openPki } from "../../../pki/options.js";
import { confirm } from "../../../prompt/ask.js";
import { callOf } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki role delete",
    summary: summaries.delete,
    arguments: [{ name: "ROLE", description: "name of the role" }],
    options: [mountOption],
    examples: [{ command: "kinko pki role delete web", does: "after a question" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const name = input.args[0] as string;
  const pki = await openPki(context, input);
  await pki.readRole(name, callOf(context));
  if (globals.dryRun) {
    output.note(`Would remove the role ${name}.`);
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, `Remove the role ${name}?`);
  await pki.deleteRole(name, callOf(context));
  output.note(`Removed the role ${name}.`);
  return exitCodes.Ok;
}
