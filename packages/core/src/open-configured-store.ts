import { ConfigError } from "./errors/classes.js";
import type { OpenStoreOptions } from "./config/config.js";
import { defaultProvider, loadConfig, type LoadedConfig } from "./config/load.js";
import { createProvider } from "./registry/create-provider.js";
import { findProvider } from "./registry/find-provider.js";
import { silentLogger } from "./runtime/logger.js";
import { systemClock } from "./runtime/clock.js";
import { mergeResilience } from "./resilience/merge-options.js";
import { createFailoverStore } from "./store/failover-store.js";
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
  const openWithFailover = async (entry: string): Promise<SecretStore> => {
    const store = await open(entry);
    const others: SecretStore[] = [];
    for (const other of failoverOf(entry, loaded)) others.push(await open(other));
    const { clock, logger } = options;
    return createFailoverStore(store, others, {
      clock,
      logger,
      timeoutMs: loaded.config.timeoutMs,
      writes: failsWritesOver(entry, loaded),
    });
  };
  try {
    if (options.store !== undefined) return await openWithFailover(options.store);
    const fallback = await openWithFailover(loaded.provider);
    const routes: Route[] = [];
    for (const { prefix, provider } of loaded.config.routes ?? []) {
      routes.push({ prefix, store: await openWithFailover(provider) });
    }
    return routes.length === 0 ? fallback : createRoutedStore(routes, fallback);
  } catch (error) {
    await Promise.allSettled([...opened.values()].map((store) => store.close()));
    throw error;
  }
}

/** The entries that take over from an entry: its own, else those of the whole config's first one. */
function failoverOf(entry: string, { config, provider }: LoadedConfig): readonly string[] {
  const own = config.providers?.[entry]?.resilience;
  if (own === false) return [];
  if (own?.failover !== undefined) return own.failover;
  if (entry !== provider || config.resilience === false) return [];
  return config.resilience?.failover ?? [];
}

function failsWritesOver(entry: string, { config, provider }: LoadedConfig): boolean {
  const own = config.providers?.[entry]?.resilience;
  if (own === false) return false;
  const whole = entry === provider && config.resilience !== false ? config.resilience : undefined;
  return own?.failoverWrites ?? whole?.failoverWrites ?? false;
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
    resilience: resilienceOf(entry, loaded, options),
  });
}

/** The layers of settings, of which a later one goes before an earlier one. */
function resilienceOf(
  entry: string,
  { config }: LoadedConfig,
  options: OpenStoreOptions,
): ReturnType<typeof mergeResilience> {
  return mergeResilience(
    // An application that opens its store by config reads the same few secrets again and again.
    { cache: {} },
    config.resilience,
    config.providers?.[entry]?.resilience,
    options.resilience,
  );
}
