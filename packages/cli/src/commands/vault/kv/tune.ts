import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault kv tune",
    summary: summaries.tune,
    arguments: [{ name: "MOUNT", description: "path of the engine" }],
    options: [
      { name: "description", value: "TEXT", description: "a line for people" },
      { name: "default-ttl", value: "TIME", description: "lease time unless asked for" },
      { name: "max-ttl", value: "TIME", description: "longest lease time" },
    ],
    examples: [
      {
        command: 'kinko vault kv tune secret --description "of the shop"',
        does: "a line for people",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const mount = input.args[0] as string;
  const settings = {
    description: input.text("description"),
    defaultTtlSeconds: durationOf(input, "default-ttl"),
    maxTtlSeconds: durationOf(input, "max-ttl"),
  };
  if (context.globals.dryRun) {
    context.output.note(`Would tune ${mount}.`);
    return exitCodes.Ok;
  }
  await (await context.openStore()).as("mounts").tune(mount, settings, callOf(context));
  context.output.note(`Tuned ${mount}.`);
  return exitCodes.Ok;
}
