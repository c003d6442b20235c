import { isSecretError } from "@kinko/core";
import { isObject, type JsonObject } from "../client/answer.js";
import { checkConfirmed } from "../engine/confirm.js";
import type { EngineCalls } from "../engine/engine-calls.js";
import { given } from "../engine/fields.js";
import { mountTtls, parseMountEntry } from "../engine/mount-entry.js";
import { encodeEnginePath } from "../engine/names.js";
import type { AuthAdminCapability, AuthMountSettings } from "./types.js";

/** The mounts of auth methods; see `capability.ts`, which loads it. */
export function createAuthMounts(
  calls: EngineCalls,
): Pick<AuthAdminCapability, "enable" | "list" | "tune" | "disable"> {
  const list: AuthAdminCapability["list"] = async (options = {}) => {
    const request = { method: "GET", path: "sys/auth" } as const;
    const { data } = await calls.ask({ operation: "listAuthMethods" }, options, request);
    return Object.entries(data ?? {}).flatMap(([path, value]) =>
      isObject(value) ? [parseMountEntry(path, value)] : [],
    );
  };
  return {
    list,
    async enable(type, { path = type, ...settings } = {}, options = {}) {
      const encoded = encodeEnginePath(path, "path");
      const place = { operation: "enableAuthMethod", ref: path };
      const { description, ...config } = settings;
      const body = { type, ...given({ description }), config: tuneBody(config) };
      try {
        await calls.ask(place, options, { method: "POST", path: `sys/auth/${encoded}`, body });
        return { created: true };
      } catch (error) {
        if (!isSecretError(error, "AlreadyExists")) throw error;
        const found = (await list(options)).find(
          (mount) => mount.path === decodeURIComponent(encoded),
        );
        if (found?.type === type) return { created: false };
        throw error;
      }
    },
    async tune(path, settings, options = {}) {
      const encoded = encodeEnginePath(path, "path");
      const request = {
        method: "POST",
        path: `sys/auth/${encoded}/tune`,
        body: { ...tuneBody(settings), ...given({ description: settings.description }) },
      } as const;
      await calls.ask({ operation: "tuneAuthMethod", ref: path }, options, request);
    },
    async disable(path, options) {
      const encoded = encodeEnginePath(path, "path");
      checkConfirmed(path, options.confirm);
      const request = { method: "DELETE", path: `sys/auth/${encoded}` } as const;
      await calls.ask({ operation: "disableAuthMethod", ref: path }, options, request);
    },
  };
}

function tuneBody(settings: Omit<AuthMountSettings, "description">): JsonObject {
  return given({
    ...mountTtls(settings),
    token_type: settings.tokenType,
    listing_visibility: settings.listingVisibility,
  });
}
