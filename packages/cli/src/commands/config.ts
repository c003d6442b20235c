import type { ProviderFactory } from "@kinko/core";
import {
  configJsonSchema,
  environmentOptions,
  findProvider,
  installedProviders,
  type LoadedConfig,
} from "@kinko/core/config";
import { bundledProvider } from "../bundled-provider.js";
import type { Command, CommandContext } from "../command.js";
import { maskConfig } from "../config/mask-config.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "config",
    summary: summaries.config,
    details: [
      "show prints the config with every option that could be a credential masked, and which environment variables override it. schema prints a JSON Schema for editors. path prints where the config is.",
    ],
    arguments: [
      { name: "WHAT", description: "what to print", choices: ["show", "schema", "path"] },
    ],
    options: [],
    examples: [
      { command: "kinko config show", does: "what is in force, without credentials" },
      {
        command: "kinko config schema > kinko.schema.json",
        does: "completion in editors, with $schema: ./kinko.schema.json",
      },
      { command: "kinko config path", does: "which file was found" },
    ],
  },
  run: config,
};

async function config(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  if (input.args[0] === "schema") {
    await output.json(await schema(context));
    return exitCodes.Ok;
  }
  const loaded = await context.loadConfig();
  if (input.args[0] === "show") await output.json(shown(loaded, globals.store));
  else if (globals.json)
    await output.json({ path: loaded.file ?? null, provider: loaded.provider });
  else if (loaded.file === undefined)
    output.note("There is no config file; defaults are in force.");
  else await output.data(`${loaded.file}\n`);
  return exitCodes.Ok;
}

function shown(loaded: LoadedConfig, store: string | undefined): Record<string, unknown> {
  const entries = new Set([
    store ?? loaded.provider,
    ...Object.keys(loaded.config.providers ?? {}),
  ]);
  const overrides = [...entries].flatMap((entry) =>
    environmentOptions(entry, loaded.env).map(({ variable, path }) => ({
      variable,
      option: ["providers", entry, ...path].join("."),
    })),
  );
  return {
    file: loaded.file ?? null,
    directory: loaded.directory,
    provider: loaded.provider,
    providerFrom: loaded.providerFrom,
    overriddenBy: overrides,
    config: maskConfig(loaded.config),
  };
}

/** With the options of every provider that is installed; one that does not load is left out. */
async function schema({ io, output }: CommandContext): Promise<unknown> {
  const names = new Set(["local", ...(await installedProviders(io.cwd))]);
  const factories: ProviderFactory[] = [];
  for (const name of names) {
    try {
      factories.push(
        await findProvider(name, {
          directory: io.cwd,
          importProvider: io.importProvider ?? bundledProvider,
          configured: [],
        }),
      );
    } catch {
      output.warn(`The provider ${name} does not load; its options are not in the schema.`);
    }
  }
  return configJsonSchema(factories);
}
