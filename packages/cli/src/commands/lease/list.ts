import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { printable } from "../../output/output.js";
import { signalOf } from "../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "lease list",
    summary: summaries.list,
    details: ["With Vault this needs list and sudo on sys/leases/lookup."],
    arguments: [{ name: "PREFIX", description: "such as database/creds, whole segments" }],
    options: [],
    examples: [
      { command: "kinko lease list database/creds/readonly", does: "one id a line" },
      { command: "kinko lease list database --json", does: "of all roles, for a script" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const prefix = input.args[0] as string;
  const dynamic = (await context.openStore()).as("dynamic");
  const all: string[] = [];
  for await (const page of dynamic.list(prefix, { signal: signalOf(context) })) {
    if (globals.json) all.push(...page);
    else await output.data(page.map((id) => `${printable(id)}\n`).join(""));
  }
  if (globals.json) await output.json({ leases: all });
  return exitCodes.Ok;
}
