import type {
  CallOptions,
  Clock,
  PermissionOperation,
  ProviderDeleteOptions,
  ProviderPutOptions,
  ProviderSecret,
  PutResult,
  Secret,
  SecretPath,
  SecretRef,
  VersionInfo,
  VersionsCapability,
} from "@kinko/core";
import { isSecretError } from "@kinko/core";
import { isObject, type JsonObject, type VaultAnswer } from "../client/answer.js";
import type { VaultClient } from "../client/vault-client.js";
import { vaultError } from "../errors/vault-error.js";
import { encodePath } from "../names.js";
import { deleted, destroyed, noStages, notFound, versionNotFound } from "./kv-errors.js";
import type { KvEngine } from "./kv-engine.js";
import { checkEntrySize } from "./limits.js";
import { fromKvMap, toKvMap } from "./mapping.js";
import { parseTime, readMetadata, toVersionInfos, versionState, type KvMetadata, type KvVersion } from "./metadata.js";
import type { MountInspector } from "./mount.js";
import { checkKv2Permissions } from "./permissions.js";
import { checkTags, parseTags } from "./tags.js";

/** KV version 2: versions, check-and-set, soft delete, custom metadata. */
export class Kv2Engine implements KvEngine, VersionsCapability {
  readonly #client: VaultClient;
  readonly #mount: string;
  readonly #inspector: MountInspector;
  readonly #clock: Clock;

  constructor(client: VaultClient, mount: string, inspector: MountInspector, clock: Clock) {
    this.#client = client;
    this.#mount = mount;
    this.#inspector = inspector;
    this.#clock = clock;
  }

  async get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret> {
    const { version } = ref;
    if (version?.kind === "stage") throw noStages();
    if (version?.kind === "id") return this.#read(ref.path, parseId(version.id), options);
    try {
      return await this.#read(ref.path, undefined, options);
    } catch (error) {
      const unreadable = isSecretError(error, "Deleted") || isSecretError(error, "Destroyed");
      if (version?.kind !== "latestEnabled" || !unreadable) throw error;
      const metadata = await this.#metadata(ref.path, options);
      const readable = newestReadable(metadata === "denied" ? undefined : metadata);
      if (readable === undefined) throw error;
      return this.#read(ref.path, readable.number, options);
    }
  }

  async put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    const { ifVersion, tags, signal } = options;
    const path = encodePath(ref.path);
    const map = toKvMap(value);
    checkEntrySize(map);
    if (tags !== undefined) checkTags(tags);
    await this.#inspector.verify(signal);
    const cas = ifVersion === undefined ? {} : { cas: ifVersion === "absent" ? 0 : parseExpected(ifVersion) };
    const answer = await this.#client
      .request({ method: "POST", path: `${this.#mount}/data/${path}`, body: { data: map, options: cas }, signal })
      .catch((error: unknown) => {
        throw ifVersion === "absent" && isSecretError(error, "Conflict") ? alreadyExists(error.requestId) : error;
      });
    const version = answer.data?.["version"];
    const result = typeof version === "number" ? { version: String(version) } : {};
    if (tags !== undefined) await this.#writeTags(path, tags, result.version, signal);
    return result;
  }

  async delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    const { signal, mode } = options;
    const path = encodePath(ref.path);
    if (ref.version?.kind === "stage") throw noStages();
    await this.#inspector.verify(signal);
    const metadata = await this.#metadata(ref.path, options);
    if (metadata === undefined) throw notFound();
    const single = ref.version !== undefined && (mode === "purge" || ref.version.kind !== "latest");
    if (mode === "purge" && !single) {
      await this.#client.request({ method: "DELETE", path: `${this.#mount}/metadata/${path}`, signal });
      return;
    }
    const version = this.#select(metadata, ref);
    if (version?.state === "destroyed") throw destroyed();
    if (mode === "soft" && version?.state === "deleted") throw deleted();
    if (!single) {
      await this.#client.request({ method: "DELETE", path: `${this.#mount}/data/${path}`, signal });
      return;
    }
    await this.#changeVersion(mode === "purge" ? "destroy" : "delete", path, numberOf(version, ref), signal);
  }

  async list(ref: SecretRef, options: CallOptions): Promise<readonly VersionInfo[]> {
    const metadata = await this.#metadata(ref.path, options);
    if (metadata === "denied") throw metadataDenied();
    if (metadata === undefined) throw await this.#absent(options.signal);
    return toVersionInfos(metadata);
  }

  async undelete(ref: SecretRef, options: CallOptions): Promise<void> {
    const path = encodePath(ref.path);
    if (ref.version?.kind === "stage") throw noStages();
    await this.#inspector.verify(options.signal);
    const metadata = await this.#metadata(ref.path, options);
    if (metadata === undefined) throw notFound();
    const version = this.#select(metadata, ref);
    if (version?.state === "destroyed") throw destroyed();
    await this.#changeVersion("undelete", path, numberOf(version, ref), options.signal);
  }

  async listFolder(folder: SecretPath, options: CallOptions): Promise<readonly string[] | undefined> {
    const below = folder.length === 0 ? "" : `${encodePath(folder)}/`;
    const answer = await this.#client.request({
      method: "GET",
      path: `${this.#mount}/metadata/${below}?list=true`,
      signal: options.signal,
      accept: [404],
    });
    if (answer.status === 404) await this.#refuseWrongMount(answer, options.signal);
    const keys = answer.data?.["keys"];
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : undefined;
  }

  readonly check = (
    ref: SecretRef,
    operations: readonly PermissionOperation[],
    options: CallOptions,
  ): ReturnType<KvEngine["check"]> =>
    checkKv2Permissions({
      client: this.#client,
      mount: this.#mount,
      path: ref.path,
      operations,
      signal: options.signal,
      metadata: () => this.#metadata(ref.path, options),
    });

  async #read(path: SecretPath, version: number | undefined, options: CallOptions): Promise<ProviderSecret> {
    const { signal } = options;
    const query = version === undefined ? "" : `?version=${version}`;
    const answer = await this.#client.request({
      method: "GET",
      path: `${this.#mount}/data/${encodePath(path)}${query}`,
      signal,
      accept: [404],
    });
    const { data } = answer;
    const metadata = isObject(data?.["metadata"]) ? data["metadata"] : undefined;
    if (answer.status === 404) throw await this.#missing(path, version, answer, metadata, options);
    if (metadata === undefined) throw await this.#absent(signal);
    const map = isObject(data?.["data"]) ? data["data"] : {};
    return {
      value: fromKvMap(map),
      version: String(metadata["version"]),
      createdAt: parseTime(metadata["created_time"]),
      tags: parseTags(metadata["custom_metadata"]),
    };
  }

  /** What a 404 of a read means. */
  async #missing(
    path: SecretPath,
    version: number | undefined,
    answer: VaultAnswer,
    metadata: JsonObject | undefined,
    options: CallOptions,
  ): Promise<Error> {
    const { requestId } = answer;
    // A 404 with metadata is a deletion, whatever this machine's clock says of its time.
    if (metadata !== undefined) {
      return versionState(metadata, Number.POSITIVE_INFINITY) === "destroyed"
        ? destroyed({ requestId })
        : deleted({ requestId });
    }
    await this.#refuseWrongMount(answer, options.signal);
    if (version === undefined) return notFound({ requestId });
    return (await this.#exists(path, options)) ? versionNotFound({ requestId }) : notFound({ requestId });
  }

  /** Whether there is any version, for tokens with and without a right on metadata. */
  async #exists(path: SecretPath, options: CallOptions): Promise<boolean> {
    const known = await this.#metadata(path, options);
    if (known !== "denied") return known !== undefined && known.versions.length > 0;
    try {
      (await this.#read(path, undefined, options)).value.dispose();
      return true;
    } catch (error) {
      return !isSecretError(error, "NotFound");
    }
  }

  async #absent(signal: AbortSignal): Promise<Error> {
    await this.#inspector.verify(signal);
    return notFound();
  }

  /** A wrong mount and a wrong version also answer 404; told apart before NotFound is believed. */
  async #refuseWrongMount(answer: VaultAnswer, signal: AbortSignal): Promise<void> {
    if (answer.errors.length > 0) throw this.#client.errorOf(answer);
    await this.#inspector.verify(signal);
  }

  #metadata(path: SecretPath, options: CallOptions): ReturnType<typeof readMetadata> {
    return readMetadata(this.#client, this.#mount, path, { signal: options.signal, clock: this.#clock });
  }

  /** The version that a ref means; undefined when the token may not know. */
  #select(metadata: KvMetadata | "denied", ref: SecretRef): KvVersion | undefined {
    if (metadata === "denied") return undefined;
    const { version } = ref;
    if (metadata.versions.length === 0) throw notFound();
    const found =
      version?.kind === "latestEnabled"
        ? newestReadable(metadata)
        : metadata.versions.find(({ number }) =>
            version?.kind === "id" ? number === parseId(version.id) : number === metadata.currentVersion,
          );
    if (found === undefined) throw versionNotFound();
    return found;
  }

  async #changeVersion(
    action: "delete" | "undelete" | "destroy",
    path: string,
    version: number,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#client.request({
      method: "POST",
      path: `${this.#mount}/${action}/${path}`,
      body: { versions: [version] },
      signal,
    });
  }

  /** A second request: Vault cannot write data and custom metadata in one. */
  async #writeTags(
    path: string,
    tags: Readonly<Record<string, string>>,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#client.request({
        method: "POST",
        path: `${this.#mount}/metadata/${path}`,
        body: { custom_metadata: tags },
        signal,
      });
    } catch (error) {
      if (!isSecretError(error)) throw error;
      throw vaultError(error.code, `The value was written as version ${version ?? "?"}, but its tags were not.`, {
        reason: "tags-not-written",
        retryable: error.retryable,
        retryAfterMs: error.retryAfterMs,
        requestId: error.requestId,
        advice: "Tags need a policy on metadata/; write again when that is corrected.",
      });
    }
  }
}

function newestReadable(metadata: KvMetadata | undefined): KvVersion | undefined {
  return metadata?.versions.find(({ state }) => state === "enabled");
}

/** Vault takes 0 for "the newest", which no id may mean. */
function parseId(id: string): number {
  if (!/^[1-9]\d{0,14}$/u.test(id)) throw versionNotFound();
  return Number(id);
}

function parseExpected(id: string): number {
  if (/^[1-9]\d{0,14}$/u.test(id)) return Number(id);
  throw vaultError("Conflict", "The secret is not at the version that you expected: Vault's versions are numbers.", {
    reason: "version-mismatch",
    advice: "Read it again, and repeat the change on the newest version.",
  });
}

function numberOf(version: KvVersion | undefined, ref: SecretRef): number {
  if (version !== undefined) return version.number;
  if (ref.version?.kind === "id") return parseId(ref.version.id);
  throw metadataDenied();
}

function metadataDenied(): Error {
  return vaultError("PermissionDenied", "The token may not read the metadata of this secret, which tells its versions.", {
    reason: "policy",
    advice: "Ask for `read` on metadata/ of the mount, or name the version by its number.",
  });
}

function alreadyExists(requestId: string | undefined): Error {
  return vaultError("AlreadyExists", "A secret with this name exists already, perhaps deleted.", {
    reason: "already-exists",
    requestId,
    advice: "Choose another name, or write with the version that you expect.",
  });
}
