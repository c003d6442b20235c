import { isSecretError } from "@kinko/core";
import { isObject, type JsonObject } from "../client/answer.js";
import { checkConfirmed } from "../engine/confirm.js";
import type { EngineCalls, VaultCallOptions } from "../engine/engine-calls.js";
import { given, mapOf } from "../engine/fields.js";
import { mountTtls, parseMountEntry } from "../engine/mount-entry.js";
import { encodeEnginePath } from "../engine/names.js";
import { vaultError } from "../errors/vault-error.js";
import type { Mount, MountSettings, MountsCapability } from "./types.js";

/** Mounts; see `capability.ts`, which loads it. */
export function createMounts(calls: EngineCalls): MountsCapability {
  const list = async (options: VaultCallOptions = {}): Promise<readonly Mount[]> => {
    const request = { method: "GET", path: "sys/mounts" } as const;
    const { data } = await calls.ask({ operation: "listMounts" }, options, request);
    return Object.entries(data ?? {}).flatMap(([path, value]) =>
      isObject(value) ? [parseMount(path, value)] : [],
    );
  };
  const read = async (
    operation: string,
    path: string,
    options: VaultCallOptions,
  ): Promise<Mount> => {
    const wanted = decodeURIComponent(encodeEnginePath(path, "path"));
    const found = (await list(options)).find((mount) => mount.path === wanted);
    if (found !== undefined) return found;
    throw vaultError("NotFound", "Vault has nothing mounted there.", {
      operation,
      ref: path,
      reason: "mount-not-found",
      field: "path",
      advice: "List the mounts, and check the path.",
    });
  };
  return {
    list,
    read: (path, options = {}) => read("readMount", path, options),
    async enable(path, engine, options = {}) {
      const { type, options: engineOptions, local, sealWrap, ...settings } = engine;
      const body = {
        type,
        ...given({ description: settings.description, options: engineOptions }),
        ...given({ local, seal_wrap: sealWrap }),
        config: tuneBody(settings),
      };
      const encoded = encodeEnginePath(path, "path");
      const place = { operation: "enableMount", ref: path };
      try {
        await calls.ask(place, options, { method: "POST", path: `sys/mounts/${encoded}`, body });
        return { created: true };
      } catch (error) {
        if (!isSecretError(error, "AlreadyExists")) throw error;
        const found = await read("enableMount", path, options).catch(() => undefined);
        const same = Object.entries(engineOptions ?? {}).every(
          ([name, value]) => found?.options[name] === value,
        );
        if (found?.type === type && same) return { created: false };
        throw error;
      }
    },
    async tune(path, settings, options = {}) {
      const encoded = encodeEnginePath(path, "path");
      const body = { ...tuneBody(settings), ...given({ description: settings.description }) };
      const place = { operation: "tuneMount", ref: path };
      const request = { method: "POST", path: `sys/mounts/${encoded}/tune`, body } as const;
      await calls.ask(place, options, request);
    },
    async disable(path, options) {
      const encoded = encodeEnginePath(path, "path");
      checkConfirmed(path, options.confirm);
      await read("disableMount", path, options);
      const request = { method: "DELETE", path: `sys/mounts/${encoded}` } as const;
      await calls.ask({ operation: "disableMount", ref: path }, options, request);
    },
  };
}

function tuneBody(settings: MountSettings): JsonObject {
  return given({
    ...mountTtls(settings),
    listing_visibility: settings.listingVisibility,
    audit_non_hmac_request_keys: settings.auditNonHmacRequestKeys,
    audit_non_hmac_response_keys: settings.auditNonHmacResponseKeys,
  });
}

function parseMount(path: string, data: JsonObject): Mount {
  return {
    ...parseMountEntry(path, data),
    options: mapOf(data, "options"),
    sealWrap: data["seal_wrap"] === true,
  };
}
