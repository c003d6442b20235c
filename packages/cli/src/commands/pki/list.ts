import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { mountOption, openPki } from "../../pki/options.js";
import { callOf } from "../../vault/options.js";
import { showNames } from "../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki list",
    summary: summaries.list,
    arguments: [],
    options: [mountOption],
    examples: [{ command: "kinko pki list", does: "one serial number a line" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const pki = await openPki(context, input);
  await showNames(context, "certificates", await pki.listCertificates(callOf(context)));
  return exitCodes.Ok;
}
