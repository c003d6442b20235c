import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import { keyArgument, mountOption, openTransit } from "../../../transit/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit key delete",
    summary: summaries.delete,
    details: [
      "All that the key has encrypted is lost. Its config has to allow the deletion before (--deletion-allowed yes), and kinko asks; scripts say --yes.",
    ],
    arguments: [keyArgument],
    options: [mountOption],
    examples: [{ command: "kinko transit key delete old", does: "after a question" }],
  },
  run: remove,
};

async function remove(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const key = input.args[0] as string;
  const { transit, call } = await openTransit(context, input);
  const { latestVersion, deletionAllowed } = await transit.readKey(key, call);
  const what = `the key ${key} with its ${latestVersion} version${latestVersion === 1 ? "" : "s"}`;
  if (globals.dryRun) {
    output.note(
      `Would destroy ${what}${deletionAllowed ? "" : "; its config does not allow it yet"}.`,
    );
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, `Destroy ${what}, and all that it has encrypted?`);
  await transit.deleteKey(key, call);
  if (globals.json) await output.json({ key, deleted: true });
  else output.note(`Destroyed ${what}.`);
  return exitCodes.Ok;
}
