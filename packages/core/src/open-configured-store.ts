import { ConfigError } from "./errors/classes.js";
import type { OpenStoreOptions } from "./config/config.js";
import { defaultProvider, loadConfig, type LoadedConfig } from "./config/load.js";
import { createProvider } from "./registry/create-provider.js";
import { findProvider } from "./registry/find-provider.js";
import { silentLogger } from "./runtime/logger.js";
import { systemClock } from "./runtime/clock.js";
import { createStore } from "./store/portable-store.js";
import { defaultTimeoutMs } from "./store/portable-store-options.js";
import { createRoutedStore, type Route } from "./store/routed-store.js";
import type { SecretStore } from "./store/secret-store.js";

/** The work of `openStore`. */
export async function openConfiguredStore(options: OpenStoreOptions): Promise<SecretStore> {
  const loaded = await loadConfig(options);
  const opened = new Map<string, SecretStore>();
  const open = async (entry: string): Promise<SecretStore> => {
    const known = opened.get(entry);
    if (known !== undefined) return known;
    const store = await openEntry(entry, loaded, options);
    opened.set(entry, store);
    return store;
  };
  try {
    if (options.store !== undefined) return await open(options.store);
    const fallback = await open(loaded.provider);
    const routes: Route[] = [];
    for (const { prefix, provider } of loaded.config.routes ?? []) {
      routes.push({ prefix, store: await open(provider) });
    }
    return routes.length === 0 ? fallback : createRoutedStore(routes, fallback);
  } catch (error) {
    await Promise.allSettled([...opened.values()].map((store) => store.close()));
    throw error;
  }
}

async function openEntry(
  entry: string,
  loaded: LoadedConfig,
  options: OpenStoreOptions,
): Promise<SecretStore> {
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? silentLogger;
  const timeoutMs = loaded.config.timeoutMs ?? defaultTimeoutMs;
  const configured = [...Object.keys(loaded.config.providers ?? {}), defaultProvider];
  if (entry === "") {
    throw new ConfigError("The name of the store is empty.", {
      operation: "open",
      reason: "invalid-provider-name",
      advice: "Name an entry of `providers`, or a provider.",
    });
  }
  const factory = await findProvider(loaded.config.providers?.[entry]?.use ?? entry, {
    directory: loaded.directory,
    importProvider: options.importProvider,
    configured,
  });
  const provider = await createProvider(factory, entry, loaded, {
    clock,
    logger,
    directory: loaded.directory,
    env: loaded.env,
    timeoutMs,
  });
  return createStore(entry, provider, {
    clock,
    logger,
    timeoutMs,
    resilience: withCache(options.resilience),
  });
}

/** An application that opens its store by config reads the same few secrets again and again. */
function withCache(options: OpenStoreOptions["resilience"]): OpenStoreOptions["resilience"] {
  return options === false ? false : { cache: {}, ...options };
}
