import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { mountOption, openPki } from "../../../pki/options.js";
import { callOf } from "../../../vault/options.js";
import { showNames } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki role list",
    summary: summaries.list,
    arguments: [],
    options: [mountOption],
    examples: [{ command: "kinko pki role list", does: "one name a line" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  await showNames(
    context,
    "roles",
    await (await openPki(context, input)).listRoles(callOf(context)),
  );
  return exitCodes.Ok;
}
