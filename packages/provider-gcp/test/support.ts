import {
  createStore,
  silentLogger,
  systemClock,
  type ProviderContext,
  type SecretProvider,
  type SecretStore,
} from "@kinko/core";
import type { SecretManagerServer } from "@kinko/testing/google-secret-manager";
import { createDriver } from "../src/driver.js";
import type { GcpOptions } from "../src/options.js";

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

/** Options that reach a server without TLS. */
export function optionsFor(
  server: SecretManagerServer,
  overrides: Partial<GcpOptions> = {},
): GcpOptions {
  const transport = overrides.transport ?? "grpc";
  return {
    project: server.project,
    apiEndpoint: server.host,
    port: transport === "grpc" ? server.grpcPort : server.restPort,
    insecure: true,
    credential: { method: "access-token", token: "test-token" },
    transport,
    ...overrides,
  };
}

/** A driver with these options. */
export function openProvider(
  options: GcpOptions,
  overrides: Partial<ProviderContext> = {},
): SecretProvider {
  return createDriver(options, testContext(overrides));
}

/** A store with these options; close it. */
export function openGcpStore(
  options: GcpOptions,
  overrides: Partial<ProviderContext> = {},
): SecretStore {
  const { clock, timeoutMs } = overrides;
  return createStore("gcp", openProvider(options, overrides), {
    clock,
    timeoutMs,
    resilience: false,
  });
}
