/** Names and texts; without a prototype where it comes from a request. */
export type StringMap = Readonly<Record<string, string>>;

/** State of one version. */
export type VersionStateName = "ENABLED" | "DISABLED" | "DESTROYED";

/** One version. */
export interface StoredVersion {
  readonly number: number;
  readonly createTimeMs: number;
  readonly clientSpecifiedChecksum: boolean;
  state: VersionStateName;
  /** Undefined once destroyed. */
  data: Buffer | undefined;
  checksum: number;
  etag: string;
  destroyTimeMs: number | undefined;
  scheduledDestroyTimeMs: number | undefined;
}

/** One secret with its versions, the oldest first. */
export interface StoredSecret {
  /** `projects/NUMBER/secrets/ID` or `projects/NUMBER/locations/LOCATION/secrets/ID`. */
  readonly name: string;
  readonly id: string;
  /** Order of creation. */
  readonly sequence: number;
  readonly createTimeMs: number;
  /** Kept and returned as they came. */
  readonly replication: unknown;
  topics: unknown;
  rotation: unknown;
  labels: StringMap;
  annotations: StringMap;
  aliases: ReadonlyMap<string, number>;
  expireTimeMs: number | undefined;
  versionDestroyTtlMs: number | undefined;
  etag: string;
  policy: unknown;
  readonly versions: StoredVersion[];
}

/** A request or an answer in the JSON form of its proto: lowerCamelCase, RFC 3339, base64. */
export type Message = Readonly<Record<string, unknown>>;

export function asMessage(value: unknown): Message {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Message)
    : {};
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Maps of strings in a request. */
export function asStringMap(value: unknown): StringMap {
  const map = Object.create(null) as Record<string, string>;
  for (const [key, text] of Object.entries(asMessage(value))) map[key] = String(text);
  return map;
}

/** `"3.5s"` in milliseconds. */
export function parseDurationMs(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s$/u.exec(asText(value));
  return match === null ? undefined : Number(match[1]) * 1_000;
}

export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** The secret as `GetSecret` shows it. */
export function secretMessage(secret: StoredSecret): Message {
  const { expireTimeMs, versionDestroyTtlMs } = secret;
  return {
    name: secret.name,
    ...(secret.replication === undefined ? {} : { replication: secret.replication }),
    createTime: formatTime(secret.createTimeMs),
    labels: secret.labels,
    annotations: secret.annotations,
    versionAliases: Object.fromEntries(
      [...secret.aliases].map(([key, number]) => [key, String(number)]),
    ),
    etag: secret.etag,
    ...(secret.topics === undefined ? {} : { topics: secret.topics }),
    ...(secret.rotation === undefined ? {} : { rotation: secret.rotation }),
    ...(expireTimeMs === undefined ? {} : { expireTime: formatTime(expireTimeMs) }),
    ...(versionDestroyTtlMs === undefined
      ? {}
      : { versionDestroyTtl: `${versionDestroyTtlMs / 1_000}s` }),
  };
}

/** The version as `GetSecretVersion` shows it. */
export function versionMessage(secret: StoredSecret, version: StoredVersion): Message {
  const { destroyTimeMs, scheduledDestroyTimeMs } = version;
  return {
    name: `${secret.name}/versions/${version.number}`,
    createTime: formatTime(version.createTimeMs),
    state: version.state,
    etag: version.etag,
    clientSpecifiedPayloadChecksum: version.clientSpecifiedChecksum,
    replicationStatus: secret.name.includes("/locations/") ? {} : { automatic: {} },
    ...(destroyTimeMs === undefined ? {} : { destroyTime: formatTime(destroyTimeMs) }),
    ...(scheduledDestroyTimeMs === undefined
      ? {}
      : { scheduledDestroyTime: formatTime(scheduledDestroyTimeMs) }),
  };
}
