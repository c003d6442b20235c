import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { signalOf } from "../../vault/options.js";
import { showFacts } from "../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "lease lookup",
    summary: summaries.lookup,
    arguments: [{ name: "ID", description: "id of the lease" }],
    options: [],
    examples: [
      { command: "kinko lease lookup database/creds/readonly/qNMx…", does: "when it ends" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const dynamic = (await context.openStore()).as("dynamic");
  const found = await dynamic.lookup(input.args[0] as string, { signal: signalOf(context) });
  await showFacts(context, { ...found });
  return exitCodes.Ok;
}
