import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf, notAnArgument } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import {
  tokenTarget,
  tokenTargetDetails,
  tokenTargetOptions,
} from "../../../vault/token-target.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token lookup",
    summary: summaries.lookup,
    details: [tokenTargetDetails],
    arguments: [],
    options: tokenTargetOptions,
    examples: [
      { command: "kinko vault token lookup --self", does: "that of the config" },
      { command: "kinko vault token lookup < token", does: "one from a file" },
    ],
    tooMany: notAnArgument,
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const target = await tokenTarget(context, input);
  const tokens = (await context.openStore()).as("tokens");
  const options = callOf(context);
  const pending =
    target.by === "accessor"
      ? tokens.lookupAccessor(target.accessor, options)
      : target.by === "self"
        ? tokens.lookupSelf(options)
        : tokens.lookup(target.token, options);
  const { metadata, ...facts } = await pending;
  const pairs = Object.entries(metadata).map(([name, value]) => `${name}=${value}`);
  await showFacts(context, { ...facts, metadata: pairs });
  return exitCodes.Ok;
}
