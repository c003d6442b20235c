import {
  createStore,
  silentLogger,
  systemClock,
  type ProviderContext,
  type SecretProvider,
  type SecretStore,
} from "@kinko/core";
import { createDriver } from "../src/driver.js";
import type { VaultOptions } from "../src/options.js";

/** A context as core makes it, with nothing from the environment. */
export function testContext(overrides: Partial<ProviderContext> = {}): ProviderContext {
  return {
    clock: systemClock,
    logger: silentLogger,
    directory: process.cwd(),
    env: {},
    timeoutMs: 10_000,
    ...overrides,
  };
}

/** A driver with these options. */
export function openProvider(
  options: VaultOptions,
  overrides: Partial<ProviderContext> = {},
): SecretProvider {
  return createDriver(options, testContext(overrides));
}

/** A store with these options; close it. */
export function openVaultStore(
  options: VaultOptions,
  overrides: Partial<ProviderContext> = {},
): SecretStore {
  return createStore("vault", openProvider(options, overrides), {
    timeoutMs: overrides.timeoutMs,
    resilience: false,
  });
}
