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
import { notVault, type VaultAnswer } from "../client/answer.js";
import { encodePathOfVersion1 as encodePath } from "../names.js";
import type { KvContext } from "./kv-context.js";
import { needsVersion2, notFound } from "./kv-errors.js";
import type { KvEngine } from "./kv-engine.js";
import { listFolderAt, refuseWrongMount } from "./list-folder.js";
import { checkEntrySize } from "./limits.js";
import { fromKvMap, toKvMap } from "./mapping.js";
import { checkKv1Permissions } from "./permissions.js";

/** KV version 1: one value per name. A write replaces it and a delete removes it for good. */
export class Kv1Engine implements KvEngine {
  readonly #context: KvContext;

  constructor(context: KvContext) {
    this.#context = context;
  }

  async get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret> {
    refuseVersion(ref);
    const { data } = await this.#find(ref.path, options.signal);
    if (data === undefined) throw notVault();
    return { value: fromKvMap(data) };
  }

  async put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    // Core asks for features before it passes these; a driver that is still `auto` may learn late.
    if (options.ifVersion !== undefined) throw needsVersion2("check-and-set");
    if (options.tags !== undefined) throw needsVersion2("tags");
    const path = encodePath(ref.path);
    const map = toKvMap(value);
    checkEntrySize(map);
    await this.#context.inspector.verify(options.signal);
    await this.#context.client.request({
      method: "POST",
      path: `${this.#context.mount}/${path}`,
      body: map,
      signal: options.signal,
    });
    return {};
  }

  async delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void> {
    if (options.mode === "soft") throw needsVersion2("deletion that can be undone");
    refuseVersion(ref);
    const path = encodePath(ref.path);
    await this.#context.inspector.verify(options.signal);
    if (!(await this.#mayExist(ref.path, options.signal))) throw notFound();
    await this.#context.client.request({
      method: "DELETE",
      path: `${this.#context.mount}/${path}`,
      signal: options.signal,
    });
  }

  async listFolder(
    folder: SecretPath,
    options: CallOptions,
  ): Promise<readonly string[] | undefined> {
    const below = folder.length === 0 ? "" : `${encodePath(folder)}/`;
    return listFolderAt(this.#context, below, options.signal);
  }

  readonly check = (
    ref: SecretRef,
    operations: readonly PermissionOperation[],
    options: CallOptions,
  ): ReturnType<KvEngine["check"]> =>
    checkKv1Permissions({
      client: this.#context.client,
      mount: this.#context.mount,
      path: ref.path,
      operations,
      signal: options.signal,
      siblings: () => this.listFolder(ref.path.slice(0, -1), options),
    });

  async #find(path: SecretPath, signal: AbortSignal): Promise<VaultAnswer> {
    const answer = await this.#context.client.request({
      method: "GET",
      path: `${this.#context.mount}/${encodePath(path)}`,
      signal,
      accept: [404],
    });
    if (answer.status !== 404) return answer;
    await refuseWrongMount(this.#context, answer, signal);
    throw notFound({ requestId: answer.requestId });
  }

  /** By the names of its folder; true when the token may not list them. */
  async #mayExist(path: SecretPath, signal: AbortSignal): Promise<boolean> {
    const name = path.at(-1) ?? "";
    try {
      const keys = await this.listFolder(path.slice(0, -1), { signal });
      return keys?.includes(name) === true;
    } catch (error) {
      if (!isSecretError(error, "PermissionDenied")) throw error;
    }
    return true;
  }
}

function refuseVersion(ref: SecretRef): void {
  if (
    ref.version === undefined ||
    ref.version.kind === "latest" ||
    ref.version.kind === "latestEnabled"
  )
    return;
  throw needsVersion2("versions");
}
