import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { mountOption, openPki } from "../../pki/options.js";
import { callOf } from "../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki crl",
    summary: summaries.crl,
    arguments: [],
    options: [{ name: "rotate", description: "make it anew first" }, mountOption],
    examples: [{ command: "kinko pki crl | openssl crl -noout -text", does: "who is on it" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const pki = await openPki(context, input);
  if (input.flag("rotate")) {
    if (context.globals.dryRun) {
      context.output.note("Would make the revocation list anew.");
      return exitCodes.Ok;
    }
    await pki.rotateCrl(callOf(context));
  }
  await context.output.data(await pki.crl(callOf(context)));
  return exitCodes.Ok;
}
