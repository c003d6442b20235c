import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../errors/classes.js";
import type { ImportProvider } from "../config/config.js";
import { defaultProvider } from "../config/load.js";
import { didYouMean, suggest } from "../config/suggest.js";
import { isProviderFactory, type ProviderFactory } from "../provider.js";
import { findImportTarget } from "./import-target.js";
import { installedProviders } from "./installed.js";
import { invalidProviderName, providerPackageNames } from "./package-name.js";

/** Where provider packages are looked for. */
export interface FindProviderOptions {
  /** Folder of the config: packages installed there win. */
  readonly directory: string;
  readonly importProvider?: ImportProvider | undefined;
  /** Names that the config knows, for suggestions. */
  readonly configured: readonly string[];
}

/**
 * Imports the factory of a provider by its name. The package is resolved from the config's
 * folder, then from where Kinko itself is installed.
 *
 * @throws ConfigError with the reason `unknown-provider` (probably a typing error),
 * `missing-package`, `broken-package` or `not-a-provider`.
 */
export async function findProvider(
  provider: string,
  options: FindProviderOptions,
): Promise<ProviderFactory> {
  const names = providerPackageNames(provider);
  if (await isModuleOfNode(provider)) throw invalidProviderName();
  for (const name of names) {
    const exports = await importFirst(name, options);
    if (exports !== undefined) return factoryOf(exports, name);
  }
  throw await notFound(provider, names[0] as string, options);
}

async function importFirst(name: string, options: FindProviderOptions): Promise<unknown> {
  try {
    const handedOver = options.importProvider?.(name);
    if (handedOver !== undefined) return await handedOver;
  } catch (error) {
    if (!isNotFound(error)) throw broken(name, error);
  }
  const { createRequire } = await import("node:module");
  const resolveFrom = (from: string): string | undefined => resolve(createRequire(from), name);
  const target = resolveFrom(join(options.directory, "kinko.config.js"));
  if (target !== undefined) return load(name, pathToFileURL(target).href);
  const own = resolveFrom(import.meta.url);
  return own === undefined ? undefined : load(name, pathToFileURL(own).href);
}

/** Not asked for the default: the list takes 5 ms to load, and it is not on it. */
async function isModuleOfNode(name: string): Promise<boolean> {
  if (name === defaultProvider) return false;
  const { isBuiltin } = await import("node:module");
  return isBuiltin(name);
}

function resolve(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch (error) {
    const target = findImportTarget(require.resolve.paths(name) ?? [], name);
    if (target !== undefined) return target;
    if (isNotFound(error)) return undefined;
    throw broken(name, error);
  }
}

async function load(name: string, url: string): Promise<unknown> {
  try {
    return (await import(url)) as unknown;
  } catch (error) {
    throw broken(name, error);
  }
}

function isNotFound(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
}

function broken(name: string, error: unknown): ConfigError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const named = code ?? (error instanceof Error ? error.name : "error");
  // A package may throw anything, also an error whose code or name quotes what it was given.
  const kind = /^[A-Z][A-Za-z_]{1,40}$/u.test(named) ? named : "error";
  return new ConfigError(`The package ${name} is installed but cannot be loaded (${kind}).`, {
    operation: "open",
    reason: "broken-package",
    advice: `Install it again, or run node -e 'import("${name}")' to see the failure.`,
  });
}

function factoryOf(exports: unknown, name: string): ProviderFactory {
  if (isProviderFactory(exports)) return exports;
  if (typeof exports === "object" && exports !== null) {
    const found = Object.values(exports).find(isProviderFactory);
    if (found !== undefined) return found;
  }
  throw new ConfigError(`The package ${name} is not a Kinko provider.`, {
    operation: "open",
    reason: "not-a-provider",
    advice: "Name a package that exports what defineProvider returns.",
  });
}

async function notFound(
  provider: string,
  packageName: string,
  options: FindProviderOptions,
): Promise<ConfigError> {
  const known = [...options.configured, ...(await installedProviders(options.directory))].filter(
    (name) => name !== provider,
  );
  if (suggest(provider, known) !== undefined) {
    return new ConfigError(`There is no provider "${provider}".${didYouMean(provider, known)}`, {
      operation: "open",
      reason: "unknown-provider",
      advice: "Correct `provider` in the config, or KINKO_PROVIDER.",
    });
  }
  return new ConfigError(`The provider "${provider}" is not installed.`, {
    operation: "open",
    reason: "missing-package",
    advice: `Run: npm install ${packageName} (or correct the provider in the config).`,
  });
}
