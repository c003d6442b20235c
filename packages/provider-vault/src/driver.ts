import type {
  CallOptions,
  ErrorClassification,
  ListPage,
  PermissionsCapability,
  ProviderCapabilities,
  ProviderContext,
  ProviderDeleteOptions,
  ProviderHealth,
  ProviderListOptions,
  ProviderPutOptions,
  ProviderSecret,
  PutResult,
  Secret,
  SecretPath,
  SecretProvider,
  SecretRef,
  VersionsCapability,
} from "@kinko/core";
import { connect } from "./client/connect.js";
import type { VaultClient } from "./client/vault-client.js";
import { engineCapabilities } from "./engines.js";
import { classifyError } from "./errors/classify.js";
import { kvCapabilities } from "./kv/capabilities.js";
import { Kv1Engine } from "./kv/kv1.js";
import { Kv2Engine } from "./kv/kv2.js";
import type { KvEngine } from "./kv/kv-engine.js";
import { needsVersion2 } from "./kv/kv-errors.js";
import { MountInspector } from "./kv/mount.js";
import { prefixEngine, prefixVersions } from "./kv/path-prefix.js";
import { walk } from "./kv/walk.js";
import { encodePath } from "./names.js";
import type { VaultOptions } from "./options.js";
import { resolveSettings } from "./settings.js";
import { SingleFlight } from "./single-flight.js";
import { readHealth } from "./sys/health.js";

/** Makes the driver; no request is made before its first call. @throws ConfigError */
export function createDriver(options: VaultOptions, context: ProviderContext): SecretProvider {
  return new VaultProvider(options, context);
}

/** Chooses the KV engine and leads each call to it. */
class VaultProvider implements SecretProvider {
  readonly #client: VaultClient;
  readonly #closeConnections: () => void;
  readonly #inspector: MountInspector;
  readonly #version1: KvEngine;
  readonly #version2: KvEngine;
  readonly #history: VersionsCapability;
  readonly #context: ProviderContext;
  readonly #address: string;
  readonly #capabilities: Readonly<Record<1 | 2, ProviderCapabilities>>;

  constructor(options: VaultOptions, context: ProviderContext) {
    const settings = resolveSettings(options, context);
    const { client, close } = connect(settings, context);
    this.#client = client;
    this.#closeConnections = close;
    this.#context = context;
    this.#address = settings.base.href.replace(/\/$/u, "");
    this.#inspector = new MountInspector(
      client,
      { path: settings.mount, configured: settings.kvVersion },
      new SingleFlight(context.clock, context.timeoutMs),
    );
    const kv = { client, mount: settings.mount, inspector: this.#inspector, clock: context.clock };
    const version2 = new Kv2Engine(kv);
    this.#version1 = prefixEngine(new Kv1Engine(kv), settings.pathPrefix);
    this.#version2 = prefixEngine(version2, settings.pathPrefix);
    this.#history = prefixVersions(version2.versions, settings.pathPrefix);
    const extensions = { versions: this.#versions(), permissions: this.#permissions() };
    const engines = engineCapabilities({
      client,
      context,
      transitMount: settings.transitMount,
    });
    this.#capabilities = {
      1: kvCapabilities(1, extensions, engines),
      2: kvCapabilities(2, extensions, engines),
    };
  }

  get capabilities(): ProviderCapabilities {
    return this.#capabilities[this.#inspector.knownVersion ?? 2];
  }

  async get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret> {
    return (await this.#engine(ref.path, options)).get(ref, options);
  }

  async put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    return (await this.#engine(ref.path, options)).put(ref, value, options);
  }

  async delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    return (await this.#engine(ref.path, options)).delete(ref, options);
  }

  async *list(options: ProviderListOptions): AsyncGenerator<ListPage> {
    const engine = await this.#engine(options.prefix, options);
    yield* walk((folder, call) => engine.listFolder(folder, call), options);
  }

  health(options: CallOptions): Promise<ProviderHealth> {
    const { clock } = this.#context;
    return readHealth(this.#client, this.#address, { signal: options.signal, clock });
  }

  classifyError(error: unknown): ErrorClassification {
    return classifyError(error);
  }

  async close(): Promise<void> {
    await this.#client.close();
    this.#closeConnections();
  }

  async #engine(path: SecretPath, options: CallOptions): Promise<KvEngine> {
    // A name that Vault cannot hold is refused before the request that asks for the version.
    if (this.#inspector.knownVersion === undefined) encodePath(path);
    return (await this.#inspector.version(options.signal)) === 2 ? this.#version2 : this.#version1;
  }

  #versions(): VersionsCapability {
    const engine = async (
      { path }: SecretRef,
      options: CallOptions,
    ): Promise<VersionsCapability> => {
      if (this.#inspector.knownVersion === undefined) encodePath(path);
      if ((await this.#inspector.version(options.signal)) === 1) throw needsVersion2("versions");
      return this.#history;
    };
    return {
      list: async (ref, options) => (await engine(ref, options)).list(ref, options),
      undelete: async (ref, options) => (await engine(ref, options)).undelete(ref, options),
    };
  }

  #permissions(): PermissionsCapability {
    return {
      check: async (ref, operations, options) =>
        (await this.#engine(ref.path, options)).check(ref, operations, options),
    };
  }
}
