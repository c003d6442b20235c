import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createStore,
  silentLogger,
  systemClock,
  type ProviderContext,
  type SecretProvider,
  type SecretStore,
} from "@kinko/core";
import { createTestCertificates } from "@kinko/servers";
import {
  startKeyVaultServer,
  type KeyVaultServer,
  type KeyVaultServerOptions,
} from "@kinko/testing/azure-key-vault";
import { afterAll } from "vitest";
import { createDriver } from "../src/driver.js";
import type { AzureOptions } from "../src/options.js";

/** A certificate for 127.0.0.1 and who signed it. */
export interface TestTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly caFile: string;
}

/** Makes certificates for one file of tests, which removes them at its end. */
export async function testTls(): Promise<TestTls> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-azure-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const { ca, caFile, certificateFile, keyFile } = await createTestCertificates(folder);
  return {
    ca,
    caFile,
    cert: await readFile(certificateFile, "utf8"),
    key: await readFile(keyFile, "utf8"),
  };
}

/** A vault with these certificates; close it. */
export function startVault(
  tls: TestTls,
  options: Omit<KeyVaultServerOptions, "tls"> = {},
): Promise<KeyVaultServer> {
  return startKeyVaultServer({ tls: { cert: tls.cert, key: tls.key }, ...options });
}

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

/** Options that reach a vault with a token of its own. */
export function optionsFor(
  server: KeyVaultServer,
  tls: TestTls,
  overrides: Partial<AzureOptions> = {},
): AzureOptions {
  return {
    vaultUrl: server.url,
    credential: { method: "access-token", token: server.issueToken() },
    verifyChallengeResource: false,
    tls: { ca: tls.ca },
    ...overrides,
  };
}

/** A driver with these options. */
export function openProvider(
  options: AzureOptions,
  overrides: Partial<ProviderContext> = {},
): SecretProvider {
  return createDriver(options, testContext(overrides));
}

/** A store with these options; close it. */
export function openAzureStore(
  options: AzureOptions,
  overrides: Partial<ProviderContext> = {},
): SecretStore {
  const { clock, timeoutMs } = overrides;
  return createStore("azure", openProvider(options, overrides), {
    clock,
    timeoutMs,
    resilience: false,
  });
}
