import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { databaseMount, databaseMountOption, openDatabases } from "../../../vault/database.js";
import { callOf } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault db enable",
    summary: summaries.enable,
    arguments: [],
    options: [databaseMountOption],
    examples: [{ command: "kinko vault db enable", does: "at database, unless it is there" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const mount = databaseMount(input);
  if (context.globals.dryRun) {
    context.output.note(`Would mount the database engine at ${mount}.`);
    return exitCodes.Ok;
  }
  const { created } = await (await openDatabases(context, input)).enable(callOf(context));
  await showFacts(context, { mount, created });
  return exitCodes.Ok;
}
