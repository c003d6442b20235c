import { isObject, type JsonObject } from "../client/answer.js";
import { duration, numberOf, textOf } from "./fields.js";

/** What Vault tells of everything that is mounted, engines and auth methods alike. */
export interface MountEntry {
  /** Without slashes at its ends, and without the `auth/` of an auth method. */
  readonly path: string;
  /** Such as `kv` or `approle`. */
  readonly type: string;
  /** Names the mount in templated policies and aliases. */
  readonly accessor: string;
  readonly description: string;
  readonly defaultTtlSeconds: number;
  readonly maxTtlSeconds: number;
  readonly local: boolean;
}

/** Reads one entry of a listing of mounts. */
export function parseMountEntry(path: string, data: JsonObject): MountEntry {
  const config = isObject(data["config"]) ? data["config"] : {};
  return {
    path: path.replace(/\/$/u, ""),
    type: textOf(data, "type") ?? "unknown",
    accessor: textOf(data, "accessor") ?? "",
    description: textOf(data, "description") ?? "",
    defaultTtlSeconds: numberOf(config, "default_lease_ttl"),
    maxTtlSeconds: numberOf(config, "max_lease_ttl"),
    local: data["local"] === true,
  };
}

/** The lifetimes of a mount in Vault's words. @throws InvalidValueError naming the argument */
export function mountTtls(settings: {
  readonly defaultTtlSeconds?: number | undefined;
  readonly maxTtlSeconds?: number | undefined;
}): Readonly<Record<string, string | undefined>> {
  return {
    default_lease_ttl: duration(settings.defaultTtlSeconds, "defaultTtlSeconds"),
    max_lease_ttl: duration(settings.maxTtlSeconds, "maxTtlSeconds"),
  };
}
