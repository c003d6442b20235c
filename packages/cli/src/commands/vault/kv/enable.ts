import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { ruleOptions, rulesOf } from "../../../vault/kv-rules.js";
import { callOf } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault kv enable",
    summary: summaries.enable,
    arguments: [{ name: "MOUNT", description: "path of the engine" }],
    options: ruleOptions,
    examples: [
      {
        command:
          "kinko vault kv enable secret --max-versions 10 --cas-required yes --delete-after 90d",
        does: "ten versions, 90 days",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const mount = input.args[0] as string;
  const rules = rulesOf(input);
  if (context.globals.dryRun) {
    context.output.note(`Would mount KV version 2 at ${mount}.`);
    return exitCodes.Ok;
  }
  const admin = (await context.openStore()).as("kvAdmin");
  const made = await admin.enable(mount, rules, callOf(context));
  await showFacts(context, { mount, created: made.created, ...made.rules });
  return exitCodes.Ok;
}
