import { crc32c } from "./crc32c.js";
import { failedPrecondition, invalidArgument } from "./failure.js";
import { parseFilter } from "./filter.js";
import { secretManagerLimits } from "./limits.js";
import {
  asMessage,
  asText,
  formatTime,
  versionMessage,
  type Message,
  type StoredSecret,
  type StoredVersion,
} from "./model.js";
import { page } from "./paging.js";
import { checkEtag, destroy, newEtag, type Registry } from "./registry.js";

/** The methods that concern versions. Each takes and returns the JSON form of its proto. */
export class VersionMethods {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  addSecretVersion(request: Message): Message {
    const secret = this.#registry.get(asText(request["parent"]));
    const payload = asMessage(request["payload"]);
    const data = Buffer.from(asText(payload["data"]), "base64");
    if (data.length === 0) throw invalidArgument("Secret Payload cannot be empty.");
    if (data.length > secretManagerLimits.maxPayloadBytes) {
      throw invalidArgument("The size of the payload exceeds the limit of 65536 bytes.");
    }
    const checksum = crc32c(data);
    const given = payload["dataCrc32c"] ?? undefined;
    if (given !== undefined && Number(given) !== checksum) {
      throw invalidArgument("The payload does not match its data_crc32c checksum.");
    }
    const version: StoredVersion = {
      number: (secret.versions.at(-1)?.number ?? 0) + 1,
      createTimeMs: this.#registry.nowMs(),
      clientSpecifiedChecksum: given !== undefined,
      state: "ENABLED",
      data,
      checksum,
      etag: newEtag(),
      destroyTimeMs: undefined,
      scheduledDestroyTimeMs: undefined,
    };
    secret.versions.push(version);
    return versionMessage(secret, version);
  }

  accessSecretVersion(request: Message): Message {
    const { secret, version } = this.#registry.version(asText(request["name"]), { aliases: true });
    const name = `${secret.name}/versions/${version.number}`;
    if (version.state !== "ENABLED" || version.data === undefined) {
      throw failedPrecondition(`Secret Version [${name}] is in ${version.state} state.`);
    }
    return {
      name,
      payload: { data: version.data.toString("base64"), dataCrc32c: String(version.checksum) },
    };
  }

  getSecretVersion(request: Message): Message {
    const { secret, version } = this.#registry.version(asText(request["name"]), { aliases: true });
    return versionMessage(secret, version);
  }

  listSecretVersions(request: Message): Message {
    const secret = this.#registry.get(asText(request["parent"]));
    const filter = parseFilter(asText(request["filter"]));
    const all = secret.versions
      .toReversed()
      .filter((version) => filter((field) => lookup(secret, version, field)));
    const { items, nextPageToken } = page(all, request, ({ number }) => number);
    return {
      versions: items.map((version) => versionMessage(secret, version)),
      nextPageToken,
      totalSize: all.length,
    };
  }

  enableSecretVersion(request: Message): Message {
    return this.#change(request, (version) => {
      version.state = "ENABLED";
      version.scheduledDestroyTimeMs = undefined;
    });
  }

  disableSecretVersion(request: Message): Message {
    return this.#change(request, (version) => {
      version.state = "DISABLED";
      version.scheduledDestroyTimeMs = undefined;
    });
  }

  destroySecretVersion(request: Message): Message {
    return this.#change(request, (version, secret) => {
      const nowMs = this.#registry.nowMs();
      if (secret.versionDestroyTtlMs === undefined) {
        destroy(version, nowMs);
        return;
      }
      version.state = "DISABLED";
      version.scheduledDestroyTimeMs ??= nowMs + secret.versionDestroyTtlMs;
    });
  }

  #change(
    request: Message,
    change: (version: StoredVersion, secret: StoredSecret) => void,
  ): Message {
    // Aliases and `latest` are for reading only.
    const { secret, version } = this.#registry.version(asText(request["name"]), { aliases: false });
    checkEtag(request["etag"], version.etag);
    if (version.state === "DESTROYED") {
      throw failedPrecondition(
        `Secret Version [${secret.name}/versions/${version.number}] is in DESTROYED state.`,
      );
    }
    change(version, secret);
    version.etag = newEtag();
    return versionMessage(secret, version);
  }
}

function lookup(secret: StoredSecret, version: StoredVersion, field: string): string | undefined {
  switch (field) {
    case "name":
      return `${secret.name}/versions/${version.number}`;
    case "state":
      return version.state;
    case "create_time":
    case "createTime":
      return formatTime(version.createTimeMs);
    case "destroy_time":
    case "destroyTime":
      return version.destroyTimeMs === undefined ? undefined : formatTime(version.destroyTimeMs);
    default:
      throw invalidArgument("The filter names a field that versions do not have.");
  }
}
