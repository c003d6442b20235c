import type {
  CallOptions,
  ProviderDeleteOptions,
  SecretPath,
  SecretRef,
  VersionInfo,
  VersionsCapability,
} from "@kinko/core";
import { encodePath } from "../names.js";
import type { KvContext } from "./kv-context.js";
import {
  deleted,
  destroyed,
  metadataDenied,
  noStages,
  notFound,
  versionNotFound,
} from "./kv-errors.js";
import { readMetadata, toVersionInfos, type KvMetadata, type KvVersion } from "./metadata.js";
import { newestReadable, parseVersionNumber } from "./version-number.js";

/**
 * History of KV v2: listing, deleting, bringing back and destroying versions.
 *
 * Vault answers 204 to a change of what is not there, so metadata is looked at before. A token that
 * may not read metadata gets Vault's own behaviour: no error for a name that does not exist.
 */
export class Kv2Versions implements VersionsCapability {
  readonly #context: KvContext;

  constructor(context: KvContext) {
    this.#context = context;
  }

  async list(ref: SecretRef, options: CallOptions): Promise<readonly VersionInfo[]> {
    const metadata = await this.metadata(ref.path, options);
    if (metadata === "denied") throw metadataDenied();
    if (metadata !== undefined && metadata.versions.length > 0) return toVersionInfos(metadata);
    await this.#context.inspector.verify(options.signal);
    throw notFound();
  }

  async delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    const { signal, mode } = options;
    const { client, mount, inspector } = this.#context;
    const path = encodePath(ref.path);
    if (ref.version?.kind === "stage") throw noStages();
    await inspector.verify(signal);
    const metadata = await this.metadata(ref.path, options);
    if (metadata === undefined) throw notFound();
    const single = ref.version !== undefined;
    if (mode === "purge" && !single) {
      await client.request({ method: "DELETE", path: `${mount}/metadata/${path}`, signal });
      return;
    }
    const version = select(metadata, ref);
    if (version?.state === "destroyed") throw destroyed();
    if (mode === "soft" && version?.state === "deleted") throw deleted();
    if (!single) {
      await client.request({ method: "DELETE", path: `${mount}/data/${path}`, signal });
      return;
    }
    await this.#change(
      mode === "purge" ? "destroy" : "delete",
      path,
      numberOf(version, ref),
      signal,
    );
  }

  async undelete(ref: SecretRef, options: CallOptions): Promise<void> {
    const path = encodePath(ref.path);
    if (ref.version?.kind === "stage") throw noStages();
    await this.#context.inspector.verify(options.signal);
    const metadata = await this.metadata(ref.path, options);
    if (metadata === undefined) throw notFound();
    const version = select(metadata, ref);
    if (version?.state === "destroyed") throw destroyed();
    await this.#change("undelete", path, numberOf(version, ref), options.signal);
  }

  /** Undefined: there is no such secret. `denied`: the token may not know. */
  metadata(path: SecretPath, options: CallOptions): ReturnType<typeof readMetadata> {
    const { client, mount, clock } = this.#context;
    return readMetadata(client, mount, path, { signal: options.signal, clock });
  }

  async #change(
    action: "delete" | "undelete" | "destroy",
    path: string,
    version: number,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#context.client.request({
      method: "POST",
      path: `${this.#context.mount}/${action}/${path}`,
      body: { versions: [version] },
      signal,
    });
  }
}

/** The version that a ref means; undefined when the token may not know. */
function select(metadata: KvMetadata | "denied", ref: SecretRef): KvVersion | undefined {
  if (metadata === "denied") return undefined;
  const { version } = ref;
  if (metadata.versions.length === 0) throw notFound();
  const wanted = version?.kind === "id" ? parseVersionNumber(version.id) : metadata.currentVersion;
  const found =
    version?.kind === "latestEnabled"
      ? newestReadable(metadata)
      : metadata.versions.find(({ number }) => number === wanted);
  if (found === undefined) throw versionNotFound();
  return found;
}

function numberOf(version: KvVersion | undefined, ref: SecretRef): number {
  if (version !== undefined) return version.number;
  if (ref.version?.kind === "id") return parseVersionNumber(ref.version.id);
  throw metadataDenied();
}
