import { AlreadyExistsError, defaultTimeoutMs, silentLogger, type SetupResult } from "@kinko/core";
import { findProvider, loadConfig, providerOptions } from "@kinko/core/config";
import { bundledProvider } from "../bundled-provider.js";
import type { CommandContext } from "../command.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { collectAnswers } from "../input/setup-answers.js";

/**
 * Makes the store that a config which is there already describes, as after the clone of a
 * repository that holds the config and, rightly, no store. The config is not changed.
 *
 * @throws AlreadyExistsError when options ask for another config, or its provider makes no store
 */
export async function setUpExisting(
  { io, globals }: CommandContext,
  input: ParsedInput,
  file: string,
): Promise<{ readonly provider: string; readonly made: SetupResult }> {
  if (input.text("provider") !== undefined || input.list("option").length > 0) {
    throw configExists(file);
  }
  const loaded = await loadConfig({ config: file, cwd: io.cwd, env: io.env });
  const entry = globals.store ?? loaded.provider;
  const factory = await findProvider(loaded.config.providers?.[entry]?.use ?? entry, {
    directory: loaded.directory,
    importProvider: io.importProvider ?? bundledProvider,
    configured: Object.keys(loaded.config.providers ?? {}),
  });
  if (factory.setup === undefined) throw configExists(file);
  const options = await providerOptions(factory, entry, loaded);
  const { setup: given } = await collectAnswers(io, factory, input, globals.dryRun);
  const made = await factory.setup.run({
    clock: io.clock,
    logger: silentLogger,
    directory: loaded.directory,
    env: io.env,
    timeoutMs: globals.timeoutMs ?? defaultTimeoutMs,
    answers: { ...given, ...configuredAnswers(options, factory.setup.parameters) },
    dryRun: globals.dryRun,
  });
  return { provider: entry, made };
}

/** Options of the config that the setup asks for, as text. */
function configuredAnswers(
  options: unknown,
  parameters: readonly { readonly name: string }[],
): Record<string, string> {
  const configured = new Map(Object.entries(options as Readonly<Record<string, unknown>>));
  return Object.fromEntries(
    parameters.flatMap(({ name }) => {
      const value = configured.get(name);
      if (typeof value === "string") return [[name, value]];
      return Array.isArray(value) ? [[name, value.join(",")]] : [];
    }),
  );
}

function configExists(file: string): AlreadyExistsError {
  return new AlreadyExistsError(`There is a config already: ${file}.`, {
    operation: "init",
    reason: "config-exists",
    advice: "Edit it, or remove it to begin anew; kinko config show prints it.",
  });
}
