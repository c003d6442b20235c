import { SecretClient, type SecretProperties } from "@azure/keyvault-secrets";
import { isSecretError, type ListPage, type SecretError, type SecretStore } from "@kinko/core";
import type { KeyVaultServer, KeyVaultServerOptions } from "@kinko/testing/azure-key-vault";
import { onTestFinished } from "vitest";
import type { AzureOptions } from "../src/options.js";
import { openAzureStore, optionsFor, startVault, type TestTls } from "./support.js";

/** A vault, a store on it, and Microsoft's client for what other tools do. All end with the test. */
export interface VaultUnderTest {
  readonly server: KeyVaultServer;
  readonly store: SecretStore;
  readonly native: SecretClient;
  readonly open: (overrides?: Partial<AzureOptions>) => SecretStore;
}

/** Starts a vault for one test. */
export async function vaultUnderTest(
  tls: TestTls,
  settings: {
    readonly server?: Omit<KeyVaultServerOptions, "tls">;
    readonly options?: Partial<AzureOptions>;
    readonly timeoutMs?: number;
  } = {},
): Promise<VaultUnderTest> {
  const server = await startVault(tls, settings.server);
  const stores: SecretStore[] = [];
  const open = (overrides: Partial<AzureOptions> = {}): SecretStore => {
    const store = openAzureStore(
      optionsFor(server, tls, { ...settings.options, ...overrides }),
      settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs },
    );
    stores.push(store);
    return store;
  };
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.close();
  });
  const token = server.issueToken();
  const credential = {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const native = new SecretClient(server.url, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: tls.ca },
    retryOptions: { maxRetries: 0 },
  });
  return { server, store: open(), native, open };
}

/** The SecretError that `work` fails with. */
export async function failureOf(work: Promise<unknown>): Promise<SecretError> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isSecretError(error)) throw new Error("It did not fail with a SecretError.");
  return error;
}

/** Versions of a native name, as Key Vault lists them. */
export async function nativeVersions(
  native: SecretClient,
  name: string,
): Promise<SecretProperties[]> {
  const versions: SecretProperties[] = [];
  for await (const version of native.listPropertiesOfSecretVersions(name)) versions.push(version);
  return versions;
}

/** The first page of a listing; the listing ends there. */
export async function firstPage(
  store: SecretStore,
  options: Parameters<SecretStore["list"]>[0] = {},
): Promise<ListPage> {
  for await (const page of store.list(options).pages()) return page;
  throw new Error("The listing has no page.");
}
