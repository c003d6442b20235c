import type { Command, CommandContext } from "../command.js";
import { exitCodeRows, exitCodes } from "../exit-codes.js";
import { environmentVariables } from "../help/environment.js";
import { mainHelp } from "../help/main-help.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { formatPairs } from "../output/table.js";
import { commandNames, summaries } from "./summaries.js";

const topics = ["exit-codes", "environment"];

export const command: Command = {
  spec: {
    name: "help",
    summary: summaries.help,
    arguments: [
      {
        name: "TOPIC",
        optional: true,
        description: "a command, exit-codes or environment",
        choices: [...commandNames, ...topics],
      },
    ],
    options: [],
    examples: [
      { command: "kinko help set", does: "the same as kinko set --help" },
      { command: "kinko help exit-codes --json", does: "the exit codes for a script" },
    ],
  },
  run: help,
};

async function help(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const topic = input.args[0];
  if (topic === undefined) await output.data(mainHelp());
  // Help on a command never comes here: `kinko help get` is `kinko get --help`.
  else if (topic === "exit-codes") {
    const rows = exitCodeRows();
    if (globals.json) await output.json(rows);
    else {
      const pairs = rows.map(
        ({ code, name, meaning }) =>
          [String(code).padStart(3), `${name.padEnd(16)}  ${meaning}`] as const,
      );
      await output.data(formatPairs(pairs, output.style));
    }
  } else await output.data(formatPairs(environmentVariables, output.style));
  return exitCodes.Ok;
}
