import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault auth enable",
    summary: summaries.enable,
    arguments: [{ name: "TYPE", description: "such as approle, userpass, jwt, kubernetes, cert" }],
    options: [{ name: "path", value: "PATH", description: "where (default: the type)" }],
    examples: [
      { command: "kinko vault auth enable userpass --path people", does: "at another path" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const type = input.args[0] as string;
  const path = input.text("path") ?? type;
  if (context.globals.dryRun) {
    context.output.note(`Would enable ${type} at ${path}.`);
    return exitCodes.Ok;
  }
  const admin = (await context.openStore()).as("authAdmin");
  const { created } = await admin.enable(type, { path }, callOf(context));
  await showFacts(context, { type, path, created });
  return exitCodes.Ok;
}
