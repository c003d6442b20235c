import { access } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { defaultTimeoutMs, silentLogger, type SetupResult } from "@kinko/core";
import { configFileNames, findProvider } from "@kinko/core/config";
import { bundledProvider } from "../bundled-provider.js";
import type { Command, CommandContext } from "../command.js";
import { checkOptions } from "../config/check-options.js";
import { formatConfig } from "../config/format-config.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import { writeFileAtomically } from "../files/write-file.js";
import { setUpExisting } from "../init/existing-config.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { collectAnswers, type Answers } from "../input/setup-answers.js";
import { summaries } from "./summaries.js";

const defaultProvider = "local";
const defaultConfigName = "kinko.config.yaml";

export const command: Command = {
  spec: {
    name: "init",
    summary: summaries.init,
    details: [
      "Makes kinko.config.yaml in this folder, and for a provider that keeps its store itself also the store: by default an encrypted file on this machine, with its key apart from it. Nothing is ever overwritten.",
      "Where there is a config already, as in a repository that was just cloned, it stays as it is and only the store that it describes is made.",
    ],
    arguments: [],
    options: [
      { name: "provider", value: "NAME", description: "which provider to set up (default local)" },
      {
        name: "option",
        short: "o",
        value: "NAME=VALUE",
        repeatable: true,
        description: "an option of the provider; never a credential",
      },
      {
        name: "option-file",
        value: "NAME=FILE",
        repeatable: true,
        description: "a value of the setup from a file, - for stdin; for passphrases",
        completes: "file",
      },
    ],
    examples: [
      { command: "kinko init", does: "an encrypted store on this machine" },
      {
        command: "kinko init --provider vault -o address=https://vault.example.com:8200",
        does: "a config for a Vault that runs already",
      },
      { command: "kinko init --dry-run", does: "see what would be made" },
    ],
  },
  run: init,
};

async function init(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals } = context;
  const name = input.text("provider") ?? globals.store ?? defaultProvider;
  const target = resolve(io.cwd, globals.config ?? defaultConfigName);
  if (!/\.(ya?ml|json)$/u.test(target)) {
    throw usageError(
      "kinko init writes YAML or JSON.",
      "invalid-option-value",
      "Name a file such as kinko.config.yaml with --config.",
    );
  }
  const existing = await existingConfig(io.cwd, target, globals.config !== undefined);
  if (existing !== undefined) {
    const { provider, made } = await setUpExisting(context, input, existing);
    await report(context, { provider, config: existing, made, kept: true });
    return exitCodes.Ok;
  }
  const factory = await findProvider(name, {
    directory: io.cwd,
    importProvider: io.importProvider ?? bundledProvider,
    configured: [defaultProvider],
  });
  const answers = await collectAnswers(io, factory, input, globals.dryRun);
  const setup = async (dryRun: boolean): Promise<SetupResult> =>
    (await factory.setup?.run({
      clock: io.clock,
      logger: silentLogger,
      directory: io.cwd,
      env: io.env,
      timeoutMs: globals.timeoutMs ?? defaultTimeoutMs,
      answers: answers.setup,
      dryRun,
    })) ?? { options: {}, created: [], notes: [] };

  // Checked with what would be made, so that a wrong option is found before anything is.
  await checkOptions(factory, optionsOf(answers, await setup(true)));
  const made = await setup(globals.dryRun);
  const options = optionsOf(answers, made);
  const text = formatConfig(name, options, target.endsWith(".json") ? "json" : "yaml");
  if (!globals.dryRun) {
    await writeFileAtomically(target, text, { cwd: io.cwd, mode: 0o644, exclusive: true });
  }
  await report(context, { provider: name, config: target, made, kept: false });
  return exitCodes.Ok;
}

function optionsOf(answers: Answers, made: SetupResult): Record<string, unknown> {
  return { ...answers.options, ...made.options };
}

async function existingConfig(
  cwd: string,
  target: string,
  named: boolean,
): Promise<string | undefined> {
  const candidates = named ? [target] : configFileNames.map((name) => join(cwd, name));
  for (const file of candidates) {
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) return file;
  }
  return undefined;
}

async function report(
  { output, globals }: CommandContext,
  result: {
    readonly provider: string;
    readonly config: string;
    readonly made: SetupResult;
    /** Whether the config was there before. */
    readonly kept: boolean;
  },
): Promise<void> {
  const { made, provider, config, kept } = result;
  if (globals.json) {
    await output.json({
      provider,
      config,
      created: kept ? made.created : [...made.created, config],
      notes: made.notes,
      dryRun: globals.dryRun,
    });
    return;
  }
  const verb = globals.dryRun ? "Would make" : "Made";
  for (const file of made.created) output.note(`${verb} ${file}`);
  output.note(`${kept ? "Kept" : verb} ${basename(config)} (provider: ${provider})`);
  for (const note of made.notes) output.note(note);
  if (!globals.dryRun) output.note("Next: kinko set prod/app/db#password");
}
