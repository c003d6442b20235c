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
import { SecretManager } from "./client/secret-manager.js";
import { TokenSource } from "./client/tokens.js";
import { classifyError } from "./errors/classify.js";
import { readHealth } from "./health.js";
import type { GcpOptions } from "./options.js";
import { secretManagerCapability } from "./secret-manager-capability.js";
import type { SecretsContext } from "./secrets/context.js";
import { listNames } from "./secrets/listing.js";
import { permissionsCapability } from "./secrets/permissions.js";
import { readSecret } from "./secrets/reader.js";
import { removeSecret } from "./secrets/remover.js";
import { versionsCapability } from "./secrets/versions.js";
import { writeSecret } from "./secrets/writer.js";
import { resolveSettings } from "./settings.js";

/** Makes the driver; no request is made before its first call. @throws ConfigError */
export function createDriver(options: GcpOptions, context: ProviderContext): SecretProvider {
  return new GcpProvider(options, context);
}

class GcpProvider implements SecretProvider {
  readonly capabilities: ProviderCapabilities;
  readonly #connection: Connection;
  readonly #context: SecretsContext;

  constructor(options: GcpOptions, context: ProviderContext) {
    const settings = resolveSettings(options, context);
    this.#connection = new Connection(settings, context.clock);
    const tokens = new TokenSource(settings.credential);
    const service = new SecretManager(this.#connection, tokens);
    this.#context = { service, settings };
    this.capabilities = capabilities(settings.tags, {
      versions: versionsCapability(this.#context),
      permissions: permissionsCapability(this.#context),
      secretManager: secretManagerCapability(this.#context),
    });
  }

  get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret> {
    return readSecret(this.#context, ref, options);
  }

  put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    return writeSecret(this.#context, ref, value, options);
  }

  delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    return removeSecret(this.#context, ref, options);
  }

  list(options: ProviderListOptions): AsyncIterable<ListPage> {
    return listNames(this.#context, options);
  }

  health(options: CallOptions): Promise<ProviderHealth> {
    return readHealth(this.#context, this.#connection, options);
  }

  classifyError(error: unknown): ErrorClassification {
    return classifyError(error);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
