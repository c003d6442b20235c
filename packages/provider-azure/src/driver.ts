import type {
  CallOptions,
  ErrorClassification,
  ListPage,
  ProviderCapabilities,
  ProviderContext,
  ProviderDeleteOptions,
  ProviderHealth,
  ProviderListOptions,
  ProviderPutOptions,
  ProviderSecret,
  PutResult,
  Secret,
  SecretProvider,
  SecretRef,
} from "@kinko/core";
import { capabilities } from "./capabilities.js";
import { Connection } from "./client/connection.js";
import { classifyError } from "./errors/classify.js";
import { readHealth } from "./health.js";
import { keyVaultCapability } from "./key-vault-capability.js";
import type { AzureOptions } from "./options.js";
import { listNames } from "./secrets/listing.js";
import { readSecret } from "./secrets/reader.js";
import { removeSecret } from "./secrets/remover.js";
import { WriteOrder } from "./secrets/tags.js";
import { VaultClient } from "./secrets/vault-client.js";
import { Versions } from "./secrets/versions.js";
import { writeSecret } from "./secrets/writer.js";
import { resolveSettings, type AzureSettings } from "./settings.js";

/** Makes the driver; no request is made before its first call. @throws ConfigError */
export function createDriver(options: AzureOptions, context: ProviderContext): SecretProvider {
  return new AzureProvider(resolveSettings(options, context), context);
}

class AzureProvider implements SecretProvider {
  readonly capabilities: ProviderCapabilities;
  readonly #settings: AzureSettings;
  readonly #context: ProviderContext;
  readonly #connection: Connection;
  readonly #client: VaultClient;
  readonly #versions: Versions;
  readonly #order: WriteOrder;

  constructor(settings: AzureSettings, context: ProviderContext) {
    this.#settings = settings;
    this.#context = context;
    this.#connection = new Connection(settings, context);
    this.#client = new VaultClient(this.#connection, context.clock);
    this.#versions = new Versions(this.#client, settings.names);
    this.#order = new WriteOrder(context.clock);
    this.capabilities = capabilities({
      versions: this.#versions,
      keyVault: keyVaultCapability(this.#client, this.#versions, settings.names),
    });
  }

  get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret> {
    const { names } = this.#settings;
    return readSecret({ client: this.#client, names, versions: this.#versions }, ref, options);
  }

  put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    const { names, onDeleted, carryTags } = this.#settings;
    return writeSecret(
      {
        client: this.#client,
        names,
        versions: this.#versions,
        order: this.#order,
        onDeleted,
        carryTags,
      },
      ref,
      value,
      options,
    );
  }

  delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    return removeSecret({ client: this.#client, names: this.#settings.names }, ref, options);
  }

  list(options: ProviderListOptions): AsyncIterable<ListPage> {
    return listNames(this.#client, this.#settings.names, options);
  }

  health({ signal }: CallOptions): Promise<ProviderHealth> {
    const { clock } = this.#context;
    return readHealth(this.#client, this.#settings.vault.origin, { signal, clock });
  }

  classifyError(error: unknown): ErrorClassification {
    return classifyError(error);
  }

  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }
}
