import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf, notAnArgument, oneOf, readToken } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token lookup",
    summary: summaries.lookup,
    details: ["Without an option the token comes from stdin or a prompt."],
    arguments: [],
    options: [
      { name: "self", description: "the token of the config" },
      { name: "accessor", value: "ACCESSOR", description: "the token with this accessor" },
    ],
    examples: [
      { command: "kinko vault token lookup --self", does: "that of the config" },
      { command: "kinko vault token lookup < token", does: "one from a file" },
    ],
    tooMany: notAnArgument,
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  oneOf(input, ["self", "accessor"]);
  const accessor = input.text("accessor");
  const token =
    input.flag("self") || accessor !== undefined ? undefined : await readToken(context, "Token");
  const tokens = (await context.openStore()).as("tokens");
  const options = callOf(context);
  const pending =
    accessor !== undefined
      ? tokens.lookupAccessor(accessor, options)
      : token === undefined
        ? tokens.lookupSelf(options)
        : tokens.lookup(token, options);
  const { metadata, ...facts } = await pending;
  const pairs = Object.entries(metadata).map(([name, value]) => `${name}=${value}`);
  await showFacts(context, { ...facts, metadata: pairs });
  return exitCodes.Ok;
}
