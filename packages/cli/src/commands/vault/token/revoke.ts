import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import { callOf, notAnArgument, oneOf, readToken } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token revoke",
    summary: summaries.revoke,
    details: ["Without an option the token comes from stdin or a prompt."],
    arguments: [],
    options: [
      { name: "self", description: "the token of the config" },
      { name: "accessor", value: "ACCESSOR", description: "the token with this accessor" },
    ],
    examples: [
      { command: "kinko vault token revoke --self", does: "that of the config" },
      { command: "kinko vault token revoke < token", does: "one from a file" },
    ],
    tooMany: notAnArgument,
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  oneOf(input, ["self", "accessor"]);
  const accessor = input.text("accessor");
  const token =
    input.flag("self") || accessor !== undefined ? undefined : await readToken(context, "Token");
  const tokens = (await context.openStore()).as("tokens");

  if (globals.dryRun) {
    output.note("Would revoke the token.");
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, "Revoke the token, with all that it has made?");
  const options = callOf(context);
  const pending =
    accessor !== undefined
      ? tokens.revokeAccessor(accessor, options)
      : token === undefined
        ? tokens.revokeSelf(options)
        : tokens.revoke(token, options);
  await pending;
  output.note("Revoked.");
  return exitCodes.Ok;
}
