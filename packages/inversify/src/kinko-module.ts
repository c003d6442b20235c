import { openStore, type OpenStoreOptions, type RefInput, type SecretStore } from "@kinko/core";
import { ContainerModule, type ContainerModuleLoadOptions } from "inversify";
import { bindSecret } from "./bind-secret.js";
import type { AnyManifest } from "./manifest/manifest.js";
import { disposeValues, readManifests, type Values } from "./manifest/read-manifest.js";
import { SECRET_STORE } from "./tokens.js";

/** Options of {@link kinkoModule}: those of `openStore`, and what to bind. */
export interface KinkoModuleOptions extends OpenStoreOptions {
  /** Typed objects that are read and checked when the module loads. */
  readonly manifests?: readonly AnyManifest[] | undefined;
  /** References that are bound under their `secretToken`, and read when first resolved. */
  readonly secrets?: readonly RefInput[] | undefined;
  /** Opens the store. Default: `openStore` of `@kinko/core`. */
  readonly open?: ((options: OpenStoreOptions) => Promise<SecretStore>) | undefined;
}

/**
 * A container module with the store that the config names (`SECRET_STORE`), single secrets and
 * typed manifests, all as singletons. Load it with `loadAsync`, end with `unbindAllAsync`, which
 * closes the store and zeroes every secret that the container holds.
 *
 * Loading fails, and binds nothing, when the config is wrong or a manifest is not met.
 *
 * @throws InvalidRefError for a wrong reference in `secrets`, at once
 * @example
 * const container = new Container();
 * await container.loadAsync(kinkoModule({ manifests: [settings] }));
 * const { databasePassword } = container.get(settings.token);
 * await container.unbindAllAsync();
 */
export function kinkoModule(options: KinkoModuleOptions = {}): KinkoModule {
  return new KinkoModule(options);
}

/** See {@link kinkoModule}. */
export class KinkoModule extends ContainerModule {
  readonly #loaded: Loaded[];

  constructor(options: KinkoModuleOptions) {
    const loaded: Loaded[] = [];
    super(async (binder) => {
      const opened = await open(options);
      loaded.push(opened);
      bindAll(binder, opened, options);
    });
    this.#loaded = loaded;
  }

  /**
   * Closes the store and zeroes manifests, whatever was resolved. Idempotent. `unbindAllAsync`
   * does the same as soon as anything of this module has been resolved; before that, Inversify
   * does not tell a module that its bindings go away.
   */
  async close(): Promise<void> {
    await Promise.all(this.#loaded.map(release));
  }
}

interface Loaded {
  readonly store: SecretStore;
  readonly values: readonly Values[];
}

async function open(options: KinkoModuleOptions): Promise<Loaded> {
  const { manifests = [] } = options;
  const store = await (options.open ?? openStore)(options);
  try {
    return { store, values: manifests.length === 0 ? [] : await readManifests(store, manifests) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function bindAll(
  binder: ContainerModuleLoadOptions,
  loaded: Loaded,
  { manifests = [], secrets = [] }: KinkoModuleOptions,
): void {
  binder
    .bind(SECRET_STORE)
    .toDynamicValue(() => loaded.store)
    .inSingletonScope()
    .onDeactivation(() => release(loaded));
  for (const [index, { token }] of manifests.entries()) {
    binder
      .bind(token)
      // The store is asked for so that it counts as resolved, and is closed with the container.
      .toResolvedValue((_store: SecretStore) => loaded.values[index], [SECRET_STORE])
      .inSingletonScope();
  }
  for (const ref of secrets) bindSecret(binder, ref);
}

async function release({ store, values }: Loaded): Promise<void> {
  for (const object of values) disposeValues(object);
  await store.close();
}
