import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import { callOf, notAnArgument } from "../../../vault/options.js";
import {
  tokenTarget,
  tokenTargetDetails,
  tokenTargetOptions,
} from "../../../vault/token-target.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token revoke",
    summary: summaries.revoke,
    details: [tokenTargetDetails],
    arguments: [],
    options: tokenTargetOptions,
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
  const target = await tokenTarget(context, input);
  const tokens = (await context.openStore()).as("tokens");

  if (globals.dryRun) {
    output.note("Would revoke the token.");
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, "Revoke the token, with all that it has made?");
  const options = callOf(context);
  const pending =
    target.by === "accessor"
      ? tokens.revokeAccessor(target.accessor, options)
      : target.by === "self"
        ? tokens.revokeSelf(options)
        : tokens.revoke(target.token, options);
  await pending;
  output.note("Revoked.");
  return exitCodes.Ok;
}
