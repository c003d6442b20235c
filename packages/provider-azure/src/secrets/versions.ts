import type { SecretProperties } from "@azure/keyvault-secrets";
import type { CallOptions, SecretRef, VersionInfo, VersionsCapability } from "@kinko/core";
import { wholeSecretsOnly } from "../errors/absence.js";
import { isFailure } from "../errors/service-failure.js";
import type { NameCodec } from "../names.js";
import { orderTag } from "./tags.js";
import type { VaultClient } from "./vault-client.js";

/** Ids of versions; Key Vault's GUIDs have no hyphens. */
export function isVersionId(id: string): boolean {
  return /^[0-9a-f]{32}$/iu.test(id);
}

/** History of secrets. */
export class Versions implements VersionsCapability {
  readonly #client: VaultClient;
  readonly #names: NameCodec;

  constructor(client: VaultClient, names: NameCodec) {
    this.#client = client;
    this.#names = names;
  }

  async list(ref: SecretRef, options: CallOptions): Promise<readonly VersionInfo[]> {
    const versions = await this.newestFirst(this.#names.encode(ref.path), options);
    return versions.map((version, index) => ({
      id: version.version ?? "",
      state: version.enabled === false ? "disabled" : "enabled",
      current: index === 0,
      ...(version.createdOn === undefined ? {} : { createdAt: version.createdOn }),
      stages: [],
    }));
  }

  async undelete(ref: SecretRef, options: CallOptions): Promise<void> {
    if (ref.version !== undefined && ref.version.kind !== "latest") throw wholeSecretsOnly();
    const name = this.#names.encode(ref.path);
    try {
      await this.#client.recover(name, options);
    } catch (error) {
      if (!isFailure(error, 404)) throw error;
      const [existing] = await this.#client.versions(name, options, 1);
      // Nothing is to be brought back of a secret that is there.
      if (existing === undefined) throw await this.#client.absence(name, options);
    }
  }

  /**
   * All versions. Key Vault lists them by id and times them to the second; within a second the tag
   * of the write decides, and which of them is the newest is asked of Key Vault itself.
   * @throws NotFound or Deleted
   */
  async newestFirst(name: string, options: CallOptions): Promise<readonly SecretProperties[]> {
    const versions = (await this.#client.versions(name, options)).toSorted(compareVersions);
    const [first, second] = versions;
    if (first === undefined) throw await this.#client.absence(name, options);
    if (second === undefined || timeOf(first) !== timeOf(second)) return versions;
    const newest = await this.#newestId(name, options);
    const index = versions.findIndex(({ version }) => version === newest);
    if (index > 0) versions.unshift(...versions.splice(index, 1));
    return versions;
  }

  /** Undefined when Key Vault does not say, because the version is disabled or may not be read. */
  async #newestId(name: string, { signal }: CallOptions): Promise<string | undefined> {
    const client = await this.#client.sdk();
    try {
      return (await client.getSecret(name, { abortSignal: signal })).properties.version;
    } catch (error) {
      if (isFailure(error, 403)) return undefined;
      throw error;
    }
  }
}

/** Newest first. */
export function compareVersions(a: SecretProperties, b: SecretProperties): number {
  return (
    timeOf(b) - timeOf(a) ||
    compareText(b.tags?.[orderTag], a.tags?.[orderTag]) ||
    compareText(b.version, a.version)
  );
}

function timeOf({ createdOn }: SecretProperties): number {
  return createdOn?.getTime() ?? 0;
}

function compareText(a = "", b = ""): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
