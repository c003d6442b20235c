import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { mountOption, openPki } from "../../pki/options.js";
import { confirm } from "../../prompt/ask.js";
import { callOf } from "../../vault/options.js";
import { showFacts } from "../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki revoke",
    summary: summaries.revoke,
    arguments: [{ name: "SERIAL", description: "serial number, such as 3a:67:45:ee" }],
    options: [mountOption],
    examples: [{ command: "kinko pki revoke 3a:67:45:ee", does: "after a question" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const serial = input.args[0] as string;
  const pki = await openPki(context, input);
  await pki.readCertificate(serial, callOf(context));
  if (globals.dryRun) {
    output.note(`Would revoke the certificate ${serial}.`);
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, `Revoke the certificate ${serial}? This cannot be undone.`);
  const { revokedAt } = await pki.revoke(serial, callOf(context));
  await showFacts(context, { serialNumber: serial, revokedAt });
  return exitCodes.Ok;
}
