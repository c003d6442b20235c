import { ConfigError } from "../errors/classes.js";
import { isSecretError } from "../errors/secret-error.js";
import { checkBySchema, issuePath } from "../config/check.js";
import {
  environmentOptions,
  parseEnvironmentValue,
  withOption,
  type EnvironmentOption,
} from "../config/environment.js";
import { interpolate } from "../config/interpolate.js";
import type { LoadedConfig } from "../config/load.js";
import type { ProviderContext, ProviderFactory, SecretProvider } from "../provider.js";

/**
 * Creates the driver of an entry: options from the config file, overridden by the environment,
 * with references to variables and files replaced, checked by the provider's own schema.
 *
 * @throws ConfigError
 */
export async function createProvider(
  factory: ProviderFactory,
  entry: string,
  loaded: LoadedConfig,
  context: ProviderContext,
): Promise<SecretProvider> {
  const options = await providerOptions(factory, entry, loaded);
  try {
    return await factory.create(options, context);
  } catch (error) {
    if (isSecretError(error)) throw error;
    throw new ConfigError(`The provider ${factory.name} could not be created.`, {
      provider: factory.name,
      operation: "open",
      reason: "provider-failed",
      advice: "Check its options; its own message is not repeated, as it may hold a secret.",
    });
  }
}

/**
 * The options of an entry as its driver gets them: from the config file, overridden by the
 * environment, with references replaced. They hold credentials.
 *
 * @throws ConfigError
 */
export async function providerOptions(
  factory: ProviderFactory,
  entry: string,
  loaded: LoadedConfig,
): Promise<unknown> {
  const written = Object.fromEntries(
    Object.entries(loaded.config.providers?.[entry] ?? {}).filter(
      ([key]) => key !== "use" && key !== "resilience",
    ),
  );
  const overrides = environmentOptions(
    entry,
    loaded.env,
    Object.keys(loaded.config.providers ?? {}),
    // What core reads itself was taken when the config was loaded.
  ).filter(({ path }) => path[0] !== "resilience");
  const interpolated = (await interpolate(written, loaded)) as Record<string, unknown>;
  const merged = overrides.reduce(
    (options, { path, value }) => withOption(options, path, value),
    interpolated,
  );
  const options = await reinterpret(factory, merged, overrides);
  const variables = overrides.map(({ variable }) => variable);
  return checkBySchema(factory.options, options, {
    label:
      (loaded.file ?? "the config") +
      (variables.length === 0 ? "" : ` (with ${variables.join(", ")})`),
    path: ["providers", entry],
    position: loaded.position,
  });
}

/** Environment values are text; where the schema refuses the text, they are read as JSON. */
async function reinterpret(
  factory: ProviderFactory,
  options: Record<string, unknown>,
  overrides: readonly EnvironmentOption[],
): Promise<Record<string, unknown>> {
  if (overrides.length === 0) return options;
  const result = await factory.options["~standard"].validate(options);
  const refused = new Set((result.issues ?? []).map((issue) => issuePath(issue).join("\0")));
  return overrides
    .filter(({ path }) => refused.has(path.join("\0")))
    .reduce(
      (current, { path, value }) => withOption(current, path, parseEnvironmentValue(value)),
      options,
    );
}
