import { parseFilter } from "./filter.js";
import { invalidArgument, ServiceFault } from "./failure.js";
import {
  checkAliases,
  checkAnnotations,
  checkDestroyTtl,
  checkLabels,
  checkSecretId,
  secretManagerLimits,
} from "./limits.js";
import {
  asMessage,
  asStringMap,
  asText,
  formatTime,
  parseDurationMs,
  secretMessage,
  type Message,
  type StoredSecret,
} from "./model.js";
import { page } from "./paging.js";
import { checkEtag, newEtag, type Registry } from "./registry.js";

/** The methods that concern whole secrets. Each takes and returns the JSON form of its proto. */
export class SecretMethods {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  createSecret(request: Message): Message {
    const parent = this.#registry.parent(asText(request["parent"]));
    const id = checkSecretId(request["secretId"]);
    const name = `${parent}/secrets/${id}`;
    const given = asMessage(request["secret"]);
    const replication = this.#checkReplication(parent, given["replication"]);
    const nowMs = this.#registry.nowMs();
    const secret: StoredSecret = {
      name,
      id,
      sequence: this.#registry.nextSequence(),
      createTimeMs: nowMs,
      replication,
      topics: checkTopics(given["topics"]),
      rotation: given["rotation"] ?? undefined,
      labels: checkLabels(asStringMap(given["labels"])),
      annotations: checkAnnotations(asStringMap(given["annotations"])),
      aliases: checkAliases(asStringMap(given["versionAliases"]), () => false),
      expireTimeMs: this.#expiry(given, nowMs),
      versionDestroyTtlMs: checkDestroyTtl(parseDurationMs(given["versionDestroyTtl"])),
      etag: newEtag(),
      policy: undefined,
      versions: [],
    };
    if (this.#registry.find(name) !== undefined) {
      throw new ServiceFault("ALREADY_EXISTS", `Secret [${name}] already exists.`);
    }
    this.#registry.add(secret);
    return secretMessage(secret);
  }

  getSecret(request: Message): Message {
    return secretMessage(this.#registry.get(asText(request["name"])));
  }

  updateSecret(request: Message): Message {
    const given = asMessage(request["secret"]);
    const secret = this.#registry.get(asText(given["name"]));
    const paths = asText(request["updateMask"])
      .split(",")
      .filter((path) => path !== "");
    if (paths.length === 0) throw invalidArgument("update_mask must not be empty.");
    checkEtag(given["etag"], secret.etag);
    // On a copy, so that a refused field leaves the others as they were.
    const changed = { ...secret };
    for (const path of paths) this.#apply(changed, path, given);
    Object.assign(secret, changed, { etag: newEtag() });
    return secretMessage(secret);
  }

  deleteSecret(request: Message): Message {
    const secret = this.#registry.get(asText(request["name"]));
    checkEtag(request["etag"], secret.etag);
    this.#registry.remove(secret);
    return {};
  }

  listSecrets(request: Message): Message {
    const parent = this.#registry.parent(asText(request["parent"]));
    const filter = parseFilter(asText(request["filter"]));
    const all = this.#registry
      .newestFirst(parent)
      .filter((secret) => filter((field) => lookup(secret, field)));
    const { items, nextPageToken } = page(all, request, ({ sequence }) => sequence);
    return { secrets: items.map(secretMessage), nextPageToken, totalSize: all.length };
  }

  #apply(secret: StoredSecret, path: string, given: Message): void {
    const [field = "", key] = path.split(".", 2);
    switch (field) {
      case "labels":
        secret.labels = checkLabels(merged(secret.labels, given["labels"], key));
        return;
      case "annotations":
        secret.annotations = checkAnnotations(
          merged(secret.annotations, given["annotations"], key),
        );
        return;
      case "version_aliases":
      case "versionAliases":
        secret.aliases = checkAliases(asStringMap(given["versionAliases"]), (number) =>
          secret.versions.some((version) => version.number === number),
        );
        return;
      case "version_destroy_ttl":
      case "versionDestroyTtl":
        secret.versionDestroyTtlMs = checkDestroyTtl(parseDurationMs(given["versionDestroyTtl"]));
        return;
      case "expire_time":
      case "expireTime":
      case "ttl":
        secret.expireTimeMs = this.#expiry(given, this.#registry.nowMs());
        return;
      case "topics":
        secret.topics = checkTopics(given["topics"]);
        return;
      case "rotation":
        secret.rotation = given["rotation"] ?? undefined;
        return;
      case "etag":
        return;
      default:
        throw invalidArgument("update_mask has a field that cannot be updated.");
    }
  }

  #checkReplication(parent: string, replication: unknown): unknown {
    if (parent.includes("/locations/")) {
      if (replication === undefined || replication === null) return undefined;
      throw invalidArgument("Regional secrets have no replication policy.");
    }
    const { automatic, userManaged } = asMessage(replication);
    if ((automatic ?? userManaged ?? undefined) === undefined) {
      throw invalidArgument("Secret.replication is required.");
    }
    return replication;
  }

  #expiry(given: Message, nowMs: number): number | undefined {
    const ttlMs = parseDurationMs(given["ttl"]);
    const expireTimeMs =
      ttlMs === undefined ? Date.parse(asText(given["expireTime"])) : nowMs + ttlMs;
    if (Number.isNaN(expireTimeMs)) return undefined;
    if (expireTimeMs <= nowMs) throw invalidArgument("Secret.expire_time must be in the future.");
    return expireTimeMs;
  }
}

function checkTopics(topics: unknown): unknown {
  if (topics === undefined || topics === null) return undefined;
  if (Array.isArray(topics) && topics.length <= secretManagerLimits.maxTopics) {
    return topics.length === 0 ? undefined : topics;
  }
  throw invalidArgument("Too many topics.");
}

/** The whole map, or with `labels.KEY` in the mask one entry of it. */
function merged(
  current: Readonly<Record<string, string>>,
  given: unknown,
  key: string | undefined,
): Readonly<Record<string, string>> {
  const map = asStringMap(given);
  if (key === undefined) return map;
  const result = asStringMap(current) as Record<string, string>;
  const text = map[key];
  if (text === undefined) delete result[key];
  else result[key] = text;
  return result;
}

function lookup(secret: StoredSecret, field: string): string | readonly string[] | undefined {
  if (field === "name") return secret.name;
  if (field === "create_time" || field === "createTime") return formatTime(secret.createTimeMs);
  const [map, ...rest] = field.split(".");
  const key = rest.join(".");
  if (map === "labels") return key === "" ? Object.keys(secret.labels) : secret.labels[key];
  if (map === "annotations")
    return key === "" ? Object.keys(secret.annotations) : secret.annotations[key];
  if (map === "replication") {
    const replication = asMessage(secret.replication);
    return Object.keys(replication).includes(key === "user_managed" ? "userManaged" : key)
      ? ""
      : undefined;
  }
  throw invalidArgument("The filter names a field that secrets do not have.");
}
