import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { keyArgument, mountOption, openTransit } from "../../../transit/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit key rotate",
    summary: summaries.rotate,
    details: [
      "Older ciphertexts still open. kinko transit rewrap encrypts them anew, and kinko transit key config can then forbid the old versions.",
    ],
    arguments: [keyArgument],
    options: [mountOption],
    examples: [{ command: "kinko transit key rotate customers", does: "a new version" }],
  },
  run: rotate,
};

async function rotate(context: CommandContext, input: ParsedInput): Promise<number> {
  const key = input.args[0] as string;
  if (context.globals.dryRun) {
    context.output.note(`Would make a new version of ${key}.`);
    return exitCodes.Ok;
  }
  const { transit, call } = await openTransit(context, input);
  const { latestVersion } = await transit.rotateKey(key, call);
  if (context.globals.json) await context.output.json({ key, latestVersion });
  else context.output.note(`The newest version of ${key} is ${latestVersion}.`);
  return exitCodes.Ok;
}
