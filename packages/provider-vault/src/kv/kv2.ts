import {
  isSecretError,
  type CallOptions,
  type PermissionOperation,
  type ProviderDeleteOptions,
  type ProviderPutOptions,
  type ProviderSecret,
  type PutResult,
  type Secret,
  type SecretPath,
  type SecretRef,
} from "@kinko/core";
import { isObject, notVault, type JsonObject, type VaultAnswer } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";
import { encodePath } from "../names.js";
import type { KvContext } from "./kv-context.js";
import {
  alreadyExists,
  deleted,
  destroyed,
  noStages,
  notFound,
  versionNotFound,
} from "./kv-errors.js";
import type { KvEngine } from "./kv-engine.js";
import { Kv2Versions } from "./kv2-versions.js";
import { listFolderAt, refuseWrongMount } from "./list-folder.js";
import { checkEntrySize } from "./limits.js";
import { fromKvMap, toKvMap } from "./mapping.js";
import { parseTime, versionState } from "./metadata.js";
import { checkKv2Permissions } from "./permissions.js";
import { checkTags, parseTags } from "./tags.js";
import { newestReadable, parseExpectedNumber, parseVersionNumber } from "./version-number.js";

/** KV version 2: versions, check-and-set, soft delete, custom metadata. */
export class Kv2Engine implements KvEngine {
  readonly #context: KvContext;
  readonly versions: Kv2Versions;

  constructor(context: KvContext) {
    this.#context = context;
    this.versions = new Kv2Versions(context);
  }

  async get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret> {
    const { path, version } = ref;
    if (version?.kind === "stage") throw noStages();
    if (version?.kind === "id") return this.#read(path, parseVersionNumber(version.id), options);
    try {
      return await this.#read(path, undefined, options);
    } catch (error) {
      const unreadable = isSecretError(error, "Deleted") || isSecretError(error, "Destroyed");
      if (version?.kind !== "latestEnabled" || !unreadable) throw error;
      const metadata = await this.versions.metadata(path, options);
      const readable = newestReadable(metadata === "denied" ? undefined : metadata);
      if (readable === undefined) throw error;
      return this.#read(path, readable.number, options);
    }
  }

  async put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    const { ifVersion, tags, signal } = options;
    const { client, mount, inspector } = this.#context;
    const path = encodePath(ref.path);
    const map = toKvMap(value);
    checkEntrySize(map);
    if (tags !== undefined) checkTags(tags);
    const cas = ifVersion === undefined ? {} : { cas: parseExpectedNumber(ifVersion) };
    await inspector.verify(signal);
    const body = { data: map, options: cas };
    const answer = await client
      .request({ method: "POST", path: `${mount}/data/${path}`, body, signal })
      .catch((error: unknown) => {
        const exists = ifVersion === "absent" && isSecretError(error, "Conflict");
        throw exists ? alreadyExists({ requestId: error.requestId }) : error;
      });
    const number = answer.data?.["version"];
    const result = typeof number === "number" ? { version: String(number) } : {};
    if (tags !== undefined) await this.#writeTags(path, tags, result.version, signal);
    return result;
  }

  delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    return this.versions.delete(ref, options);
  }

  async listFolder(
    folder: SecretPath,
    options: CallOptions,
  ): Promise<readonly string[] | undefined> {
    const below = folder.length === 0 ? "" : `${encodePath(folder)}/`;
    return listFolderAt(this.#context, `metadata/${below}`, options.signal);
  }

  check(
    ref: SecretRef,
    operations: readonly PermissionOperation[],
    options: CallOptions,
  ): ReturnType<KvEngine["check"]> {
    return checkKv2Permissions({
      client: this.#context.client,
      mount: this.#context.mount,
      path: ref.path,
      operations,
      signal: options.signal,
      metadata: () => this.versions.metadata(ref.path, options),
    });
  }

  async #read(
    path: SecretPath,
    version: number | undefined,
    options: CallOptions,
  ): Promise<ProviderSecret> {
    const { client, mount, inspector } = this.#context;
    const query = version === undefined ? "" : `?version=${version}`;
    const answer = await client.request({
      method: "GET",
      path: `${mount}/data/${encodePath(path)}${query}`,
      signal: options.signal,
      accept: [404],
    });
    const { data } = answer;
    const metadata = isObject(data?.["metadata"]) ? data["metadata"] : undefined;
    if (answer.status === 404) throw await this.#missing(path, version, answer, metadata, options);
    if (data === undefined) throw notVault();
    if (metadata === undefined) {
      // A secret that KV v1 keeps under a name that begins with data/.
      await inspector.verify(options.signal);
      throw notFound();
    }
    return {
      // Vault writes an empty map as null.
      value: fromKvMap(isObject(data?.["data"]) ? data["data"] : {}),
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
      const state = versionState(metadata, Number.POSITIVE_INFINITY);
      return state === "destroyed" ? destroyed({ requestId }) : deleted({ requestId });
    }
    await refuseWrongMount(this.#context, answer, options.signal);
    const exists = version !== undefined && (await this.#exists(path, options));
    return exists ? versionNotFound({ requestId }) : notFound({ requestId });
  }

  /** Whether there is any version, for tokens with and without a right on metadata. */
  async #exists(path: SecretPath, options: CallOptions): Promise<boolean> {
    const known = await this.versions.metadata(path, options);
    if (known !== "denied") return known !== undefined && known.versions.length > 0;
    try {
      (await this.#read(path, undefined, options)).value.dispose();
      return true;
    } catch (error) {
      if (isSecretError(error, "NotFound")) return false;
      if (isSecretError(error, "Deleted") || isSecretError(error, "Destroyed")) return true;
      throw error;
    }
  }

  /** A second request: Vault cannot write data and custom metadata in one. */
  async #writeTags(
    path: string,
    tags: Readonly<Record<string, string>>,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, mount } = this.#context;
    const body = { custom_metadata: tags };
    try {
      await client.request({ method: "POST", path: `${mount}/metadata/${path}`, body, signal });
    } catch (error) {
      if (!isSecretError(error)) throw error;
      const what = `The value was written as version ${version ?? "?"}, but its tags were not.`;
      throw vaultError(error.code, what, {
        reason: "tags-not-written",
        retryable: error.retryable,
        retryAfterMs: error.retryAfterMs,
        requestId: error.requestId,
        advice: "Tags need a policy on metadata/; write again when that is corrected.",
      });
    }
  }
}
