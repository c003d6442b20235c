import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { formatTable } from "../../../output/table.js";
import { callOf } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault auth list",
    summary: summaries.list,
    arguments: [],
    options: [],
    examples: [{ command: "kinko vault auth list --json", does: "with accessors, for aliases" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  void input;
  const { output, globals } = context;
  const methods = await (await context.openStore()).as("authAdmin").list(callOf(context));
  const rows = methods.map(({ path, type, accessor, description }) => [
    path,
    type,
    accessor,
    description,
  ]);
  if (globals.json) await output.json({ methods });
  else if (globals.plain) await output.records(rows);
  else
    await output.data(formatTable(["path", "type", "accessor", "description"], rows, output.style));
  return exitCodes.Ok;
}
