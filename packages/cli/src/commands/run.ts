import type { Command, CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import {
  commandEnvironment,
  commandEnvironmentOptions,
  exitCodeOf,
} from "../input/command-environment.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "run",
    summary: summaries.run,
    details: [
      "The command is started without a shell, with this environment and the secrets, and without Kinko's own credentials. It gets the signals that kinko gets. Exit code: exactly that of the command, 128+n when signal n ended it, 127 when it is not there, 126 when it cannot be executed; a failure of kinko itself has its own code (kinko help exit-codes).",
    ],
    arguments: [],
    rest: "COMMAND ARGS…",
    tooMany: "Put -- before the command: kinko run --prefix prod/app -- node server.js",
    options: [...commandEnvironmentOptions],
    examples: [
      {
        command: "kinko run --prefix prod/app -- node server.js",
        does: "everything beneath a prefix",
      },
      {
        command: "kinko run -e app.env -- ./migrate --verbose",
        does: "references inside an env file",
      },
      {
        command: "kinko run --prefix dev/app --pristine -- /usr/bin/env",
        does: "see what a command would get",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, output, globals } = context;
  const [program, ...args] = input.rest ?? [];
  if (program === undefined) {
    throw usageError(
      "There is no command to run.",
      "missing-command",
      "Write it after --, such as kinko run --prefix prod/app -- node server.js.",
    );
  }
  const { env, names } = await commandEnvironment(context, input);
  if (globals.dryRun) {
    output.note(
      `Would run ${program} with ${names.length === 0 ? "no secrets" : names.join(", ")}.`,
    );
    return exitCodes.Ok;
  }
  const { runCommand } = await import("@kinko/delivery");
  // What opened the store need not stay in memory for as long as the command runs.
  await (await context.openStore()).close();
  const outcome = await runCommand({
    command: program,
    args,
    env,
    cwd: io.cwd,
    searchPath: io.env["PATH"],
  });
  return exitCodeOf(outcome);
}
