import { openStore, type Logger, type SecretStore } from "@kinko/core";
import type { LoadedConfig } from "@kinko/core/config";
import type { CommandContext, GlobalOptions } from "./command.js";
import { bundledProvider } from "./bundled-provider.js";
import type { CliIo } from "./io.js";
import { createOutput, type Output } from "./output/output.js";
import { loadStyle, wantsColour } from "./output/style.js";
import { withTimeout } from "./store-timeout.js";

/** Makes what a command works with; nothing is opened before it is asked for. */
export async function createContext(
  io: CliIo,
  globals: GlobalOptions,
  noColour: boolean,
): Promise<CommandContext & { close(): Promise<void> }> {
  const output = createOutput(io, {
    quiet: globals.quiet,
    style: await loadStyle(wantsColour(io.stdout.isTTY, io.env, noColour)),
    errorStyle: await loadStyle(wantsColour(io.stderr.isTTY, io.env, noColour)),
  });
  let store: Promise<SecretStore> | undefined;
  return {
    io,
    globals,
    output,
    openStore() {
      store ??= openStore({
        ...configOptions(io, globals),
        store: globals.store,
        // One call and one answer: whoever waits at a terminal decides what to do about an outage.
        resilience: false,
        importProvider: io.importProvider ?? bundledProvider,
        clock: io.clock,
        logger: commandLogger(output, globals.verbose),
      }).then((opened) => withTimeout(opened, globals.timeoutMs));
      return store;
    },
    async loadConfig(): Promise<LoadedConfig> {
      const { loadConfig } = await import("@kinko/core/config");
      return loadConfig(configOptions(io, globals));
    },
    async close() {
      await (await store)?.close();
    },
  };
}

function configOptions(
  io: CliIo,
  globals: GlobalOptions,
): { config: string | undefined; cwd: string; env: CliIo["env"] } {
  return { config: globals.config, cwd: io.cwd, env: io.env };
}

/** Warnings of providers are for everybody, the rest for those who asked. */
function commandLogger(output: Output, verbose: boolean): Logger {
  const silent = (): void => undefined;
  const note = verbose ? (message: string) => output.note(message) : silent;
  const warn = (message: string): void => output.warn(message);
  return { debug: note, info: note, warn, error: warn };
}
