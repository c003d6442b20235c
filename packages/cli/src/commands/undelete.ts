import { formatRef, parseRef } from "@kinko/core";
import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "undelete",
    summary: summaries.undelete,
    arguments: [
      {
        name: "REF",
        description: "path[@version]; default: the newest version",
        completes: "secret",
      },
    ],
    options: [],
    examples: [{ command: "kinko undelete prod/app/db", does: "undo kinko rm prod/app/db" }],
  },
  run: undelete,
};

async function undelete(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const ref = parseRef(input.args[0] as string);
  const store = await context.openStore();
  if (globals.dryRun) {
    output.note(`Would bring back ${formatRef(ref)}.`);
    return exitCodes.Ok;
  }
  await store.undelete(ref);
  output.note(`Brought back ${formatRef(ref)}.`);
  if (globals.json) await output.json({ undeleted: formatRef(ref) });
  return exitCodes.Ok;
}
