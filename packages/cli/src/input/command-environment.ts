import type { RunOutcome } from "@kinko/delivery";
import type { CommandContext, OptionSpec } from "../command.js";
import { credentialVariables } from "../config/credential-variables.js";
import { NotStartedError, usageError } from "../errors.js";
import { readEnvironment, sourceOptions } from "./environment-sources.js";
import type { ParsedInput } from "./parse-arguments.js";

/** Options that say what environment a command gets. */
export const commandEnvironmentOptions: readonly OptionSpec[] = [
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
];

/**
 * The environment of a command: that of this process without Kinko's own credentials, and secrets.
 * @param options.required false: without a source there are no secrets. Default true: it is a mistake
 */
export async function commandEnvironment(
  context: CommandContext,
  input: ParsedInput,
  options: { readonly required?: boolean } = {},
): Promise<{ readonly env: Record<string, string>; readonly names: readonly string[] }> {
  if (input.flag("preserve-env") && input.flag("pristine")) {
    throw usageError(
      "--pristine leaves nothing for --preserve-env to keep.",
      "conflicting-options",
      "Give one of them.",
    );
  }
  const { childEnvironment } = await import("@kinko/delivery");
  const environment = await readEnvironment(context, input, options);
  try {
    const only = input.list("only-secrets").flatMap((names) => names.split(","));
    const env = childEnvironment(environment, {
      parent: context.io.env,
      pristine: input.flag("pristine"),
      preserveEnv: input.flag("preserve-env") ? true : input.list("preserve"),
      onlySecrets: only.length === 0 ? undefined : only,
      strict: input.flag("strict"),
      stripNames: credentialVariables((await context.loadConfig()).config),
    });
    return { env, names: environment.variables.map(({ name }) => name) };
  } finally {
    environment.dispose();
  }
}

/** The exit code of a command that has ended. @throws NotStartedError */
export function exitCodeOf({ exitCode, problem, advice = "" }: RunOutcome): number {
  if (problem === undefined) return exitCode;
  throw new NotStartedError(exitCode === 126 ? 126 : 127, problem, advice);
}
