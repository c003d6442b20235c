import { commandNames, summaries } from "../commands/summaries.js";
import { exitCodes } from "../exit-codes.js";
import type { CliIo } from "../io.js";
import { createOutput } from "../output/output.js";

/** Writes the overview of all commands to stdout. */
export async function writeMainHelp(io: CliIo): Promise<number> {
  await createOutput(io, { quiet: false }).data(mainHelp());
  return exitCodes.Ok;
}

/** The overview of all commands. */
export function mainHelp(): string {
  const width = Math.max(...commandNames.map((name) => name.length));
  const lines = commandNames.map((name) => `  ${name.padEnd(width)}  ${summaries[name]}\n`);
  return `Secrets, whoever keeps them.

Usage: kinko COMMAND [options]

Commands:
${lines.join("")}
Examples:
  # make an encrypted store on this machine
  kinko init
  # write a secret; the value is asked for, or read from stdin
  kinko set prod/app/db#password
  # give a program its secrets as environment variables
  kinko run --prefix prod/app -- node server.js

kinko COMMAND --help explains a command, kinko help exit-codes the exit codes,
kinko help environment the variables that kinko reads.
`;
}
