import { silentLogger, systemClock, type ProviderContext, type SecretProvider } from "@kinko/core";
import type { RequestHandler } from "../src/client/create-sdk.js";
import { createDriver } from "../src/driver.js";
import type { AwsOptions } from "../src/options.js";

/** What core would hand over, with an environment of its own. */
export function testContext(overrides: Partial<ProviderContext> = {}): ProviderContext {
  return {
    clock: systemClock,
    logger: silentLogger,
    directory: import.meta.dirname,
    env: {},
    timeoutMs: 10_000,
    ...overrides,
  };
}

/** Credentials that no AWS account has. */
export const testCredentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };

/** A driver for a server that takes any credentials. */
export function testDriver(
  options: AwsOptions = {},
  requestHandler?: RequestHandler,
  context: Partial<ProviderContext> = {},
): SecretProvider {
  return createDriver(
    { region: "eu-central-1", credentials: testCredentials, ...options },
    testContext(context),
    requestHandler,
  );
}
