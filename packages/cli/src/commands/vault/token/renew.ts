import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf, notAnArgument, ttlOption } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import {
  tokenTarget,
  tokenTargetDetails,
  tokenTargetOptions,
} from "../../../vault/token-target.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token renew",
    summary: summaries.renew,
    details: [tokenTargetDetails],
    arguments: [],
    options: [...tokenTargetOptions, ttlOption],
    examples: [
      { command: "kinko vault token renew --self", does: "that of the config" },
      { command: "kinko vault token renew < token", does: "one from a file" },
    ],
    tooMany: notAnArgument,
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output } = context;
  const target = await tokenTarget(context, input);
  const tokens = (await context.openStore()).as("tokens");

  if (globals.dryRun) {
    output.note("Would renew the token.");
    return exitCodes.Ok;
  }
  const options = { ...callOf(context), incrementSeconds: durationOf(input, "ttl") };
  const pending =
    target.by === "accessor"
      ? tokens.renewAccessor(target.accessor, options)
      : target.by === "self"
        ? tokens.renewSelf(options)
        : tokens.renew(target.token, options);
  await showFacts(context, { ...(await pending) });
  return exitCodes.Ok;
}
