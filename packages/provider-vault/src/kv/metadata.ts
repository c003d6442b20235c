import {
  isSecretError,
  type Clock,
  type SecretPath,
  type VersionInfo,
  type VersionState,
} from "@kinko/core";
import { isObject, type JsonObject, type VaultAnswer } from "../client/answer.js";
import type { VaultClient } from "../client/vault-client.js";
import { encodePath } from "../names.js";

/** What KV v2 knows of a secret, without its values. */
export interface KvMetadata {
  /** 0 when no version was written yet. */
  readonly currentVersion: number;
  /** Newest first. */
  readonly versions: readonly KvVersion[];
}

export interface KvVersion {
  readonly number: number;
  readonly state: VersionState;
  readonly createdAt: Date | undefined;
  readonly deletedAt: Date | undefined;
}

/** Reads metadata. Undefined: there is no such secret. `denied`: the token may not know. */
export async function readMetadata(
  client: VaultClient,
  mount: string,
  path: SecretPath,
  options: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<KvMetadata | "denied" | undefined> {
  let answer: VaultAnswer;
  try {
    answer = await client.request({
      method: "GET",
      path: `${mount}/metadata/${encodePath(path)}`,
      signal: options.signal,
      accept: [404],
    });
  } catch (error) {
    if (isSecretError(error, "PermissionDenied")) return "denied";
    throw error;
  }
  const { data } = answer;
  return data === undefined ? undefined : parseMetadata(data, options.clock.now());
}

/** Reads the answer of `metadata/`. @param nowMs wall clock: a deletion can lie in the future */
export function parseMetadata(data: JsonObject, nowMs: number): KvMetadata {
  const versions = isObject(data["versions"]) ? data["versions"] : {};
  return {
    currentVersion: typeof data["current_version"] === "number" ? data["current_version"] : 0,
    versions: Object.entries(versions)
      .map(([number, version]) =>
        parseVersion(Number(number), isObject(version) ? version : {}, nowMs),
      )
      .sort((left, right) => right.number - left.number),
  };
}

function parseVersion(number: number, version: JsonObject, nowMs: number): KvVersion {
  const deletedAt = parseTime(version["deletion_time"]);
  return {
    number,
    state: versionState(version, nowMs),
    createdAt: parseTime(version["created_time"]),
    deletedAt,
  };
}

/** `delete_version_after` sets a deletion time that is still to come. */
export function versionState(
  version: JsonObject,
  nowMs: number,
): "enabled" | "deleted" | "destroyed" {
  if (version["destroyed"] === true) return "destroyed";
  const deletedAt = parseTime(version["deletion_time"]);
  return deletedAt !== undefined && deletedAt.getTime() <= nowMs ? "deleted" : "enabled";
}

/** Vault's times have nanoseconds; a Date keeps milliseconds. */
export function parseTime(text: unknown): Date | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** As the portable store shows them. */
export function toVersionInfos(metadata: KvMetadata): VersionInfo[] {
  return metadata.versions.map(({ number, state, createdAt, deletedAt }) => ({
    id: String(number),
    state,
    current: number === metadata.currentVersion,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    stages: [],
  }));
}
