import type { Command, CommandContext } from "../command.js";
import { credentialVariables } from "../config/credential-variables.js";
import { NotStartedError, usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import { readEnvironment, sourceOptions } from "../input/environment-sources.js";
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
    options: [
      ...sourceOptions,
      { name: "preserve-env", description: "variables that exist already win over secrets" },
      {
        name: "preserve",
        value: "NAME",
        repeatable: true,
        description: "this variable wins over a secret, if it exists",
      },
      { name: "pristine", description: "the command gets the secrets and nothing else" },
      {
        name: "only-secrets",
        value: "NAMES",
        repeatable: true,
        description: "only these variables, separated by commas",
      },
      { name: "strict", description: "fail when there is no secret, or a variable exists already" },
    ],
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
  if (input.flag("preserve-env") && input.flag("pristine")) {
    throw usageError(
      "--pristine leaves nothing for --preserve-env to keep.",
      "conflicting-options",
      "Give one of them.",
    );
  }
  const { childEnvironment, runCommand } = await import("@kinko/delivery");
  const environment = await readEnvironment(context, input);
  let env: Record<string, string>;
  try {
    const only = input.list("only-secrets").flatMap((names) => names.split(","));
    env = childEnvironment(environment, {
      parent: io.env,
      pristine: input.flag("pristine"),
      preserveEnv: input.flag("preserve-env") ? true : input.list("preserve"),
      onlySecrets: only.length === 0 ? undefined : only,
      strict: input.flag("strict"),
      stripNames: credentialVariables((await context.loadConfig()).config),
    });
  } finally {
    environment.dispose();
  }
  if (globals.dryRun) {
    const names = environment.variables.map(({ name }) => name).join(", ");
    output.note(`Would run ${program} with ${names === "" ? "no secrets" : names}.`);
    return exitCodes.Ok;
  }
  // What opened the store need not stay in memory for as long as the command runs.
  await (await context.openStore()).close();
  const outcome = await runCommand({
    command: program,
    args,
    env,
    cwd: io.cwd,
    searchPath: io.env["PATH"],
  });
  const { exitCode, problem, advice = "" } = outcome;
  if (problem === undefined) return exitCode;
  throw new NotStartedError(exitCode === 126 ? 126 : 127, problem, advice);
}
