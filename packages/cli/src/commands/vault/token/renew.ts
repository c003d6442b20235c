import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { durationOf } from "../../../transit/options.js";
import { callOf, notAnArgument, oneOf, readToken, ttlOption } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token renew",
    summary: summaries.renew,
    details: ["Without an option the token comes from stdin or a prompt."],
    arguments: [],
    options: [
      { name: "self", description: "the token of the config" },
      { name: "accessor", value: "ACCESSOR", description: "the token with this accessor" },
      ttlOption,
    ],
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
  oneOf(input, ["self", "accessor"]);
  const accessor = input.text("accessor");
  const token =
    input.flag("self") || accessor !== undefined ? undefined : await readToken(context, "Token");
  const tokens = (await context.openStore()).as("tokens");

  if (globals.dryRun) {
    output.note("Would renew the token.");
    return exitCodes.Ok;
  }
  const options = { ...callOf(context), incrementSeconds: durationOf(input, "ttl") };
  const pending =
    accessor !== undefined
      ? tokens.renewAccessor(accessor, options)
      : token === undefined
        ? tokens.renewSelf(options)
        : tokens.renew(token, options);
  await showFacts(context, { ...(await pending) });
  return exitCodes.Ok;
}
