import {
  maxPathBytes,
  native,
  type CallOptions,
  type ErrorClassification,
  type ListPage,
  type ProviderCapabilities,
  type ProviderContext,
  type ProviderDeleteOptions,
  type ProviderHealth,
  type ProviderListOptions,
  type ProviderPutOptions,
  type ProviderSecret,
  type PutResult,
  type Secret,
  type SecretProvider,
  type SecretRef,
} from "@kinko/core";
import { bulkGetCapability } from "./capabilities/bulk-get.js";
import { patchCapability } from "./capabilities/patch.js";
import { permissionsCapability } from "./capabilities/permissions.js";
import { versionsCapability } from "./capabilities/versions.js";
import { watchCapability } from "./capabilities/watch.js";
import { appendVersion, deleteAll, deleteVersion, destroyVersion } from "./document/history.js";
import { classifyErrno, errnoOf } from "./errors.js";
import { checkSize, maxValueBytes } from "./limits.js";
import { listPages } from "./listing.js";
import { keyOf } from "./names.js";
import type { LocalOptions } from "./options.js";
import { existing, readSecret } from "./read-secret.js";
import { resolveSettings } from "./settings.js";
import { StoreFile } from "./store/store-file.js";

/** Creates the driver of the embedded store. It touches no file before the first call. */
export function createLocalProvider(
  options: LocalOptions,
  context: ProviderContext,
): SecretProvider {
  const settings = resolveSettings(options, context.directory, context.env);
  return new LocalProvider(new StoreFile(settings, context.clock), context);
}

class LocalProvider implements SecretProvider {
  readonly capabilities: ProviderCapabilities;
  readonly #store: StoreFile;

  constructor(store: StoreFile, context: ProviderContext) {
    this.#store = store;
    const { maxVersions } = store.settings;
    this.capabilities = {
      features: {
        versions: native,
        checkAndSet: native,
        softDelete: native,
        undelete: native,
        deleteVersion: native,
        destroyVersion: native,
        purge: native,
        tags: native,
        patch: native,
        bulkGet: native,
        watch: native,
        permissions: native,
      },
      limits: {
        maxValueBytes,
        maxPathBytes,
        maxVersions,
        source:
          "Every commit encrypts and syncs the whole file, so large values would slow down all others; versions as of the option maxVersions.",
      },
      extensions: {
        versions: versionsCapability(store),
        patch: patchCapability(store),
        bulkGet: bulkGetCapability(store),
        permissions: permissionsCapability(store),
        watch: watchCapability(store, context.clock),
      },
    };
  }

  get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret> {
    return this.#store.read(options.signal, (document) => readSecret(document, ref));
  }

  async put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    checkSize(value);
    const { maxVersions } = this.#store.settings;
    const { ifVersion, tags } = options;
    return this.#store.change(
      options.signal,
      (draft) => {
        const key = keyOf(ref.path);
        const entry = appendVersion(draft.entry(key), {
          value,
          tags: tags === undefined ? undefined : copyTags(tags),
          ifVersion,
          maxVersions,
          now: draft.now,
        });
        draft.set(key, entry);
        return { version: entry.versions.at(-1)?.id };
      },
      { conditional: ifVersion !== undefined },
    );
  }

  delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    const { version } = ref;
    return this.#store.change(options.signal, (draft) => {
      const key = keyOf(ref.path);
      const entry = existing(draft.entry(key));
      if (options.mode === "purge") {
        if (version === undefined) draft.remove(key);
        else draft.set(key, destroyVersion(entry, version, draft.now));
      } else if (version === undefined || version.kind === "latest") {
        draft.set(key, deleteAll(entry, draft.now));
      } else {
        draft.set(key, deleteVersion(entry, version, draft.now));
      }
    });
  }

  list(options: ProviderListOptions): AsyncIterable<ListPage> {
    return listPages(this.#store, options);
  }

  health(options: CallOptions): Promise<ProviderHealth> {
    return this.#store.read(options.signal, ({ header, size }) => ({
      status: "healthy",
      message: "The store file opens with this identity.",
      details: {
        file: this.#store.settings.file,
        storeId: header.storeId,
        generation: header.generation,
        secrets: size,
        recipients: header.recipients.length,
      },
    }));
  }

  classifyError(error: unknown): ErrorClassification {
    return classifyErrno(errnoOf(error));
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

function copyTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const copy = Object.create(null) as Record<string, string>;
  for (const [name, tag] of Object.entries(tags)) copy[name] = tag;
  return copy;
}
