import type { EngineCalls } from "../engine/engine-calls.js";
import { passThrough } from "../engine/fields.js";
import { EngineRecords } from "../engine/records.js";
import { parseTokenSettings, tokenBody } from "./token-settings.js";
import type { RoleAdmin, RoleMethod } from "./types.js";

/** Roles whose own settings are Vault's words. @param mount encoded path */
export function createRoles(calls: EngineCalls, method: RoleMethod, mount: string): RoleAdmin {
  const roles = new EngineRecords(calls, {
    path: `auth/${mount}/${method === "cert" ? "certs" : "role"}`,
    noun: "role",
    label: "AuthRole",
  });
  const config = `auth/${mount}/config`;
  return {
    async configure(settings, options = {}) {
      const body = passThrough(settings);
      const place = roles.place("configure");
      await calls.ask(place, options, { method: "POST", path: config, body });
    },
    async readConfig(options = {}) {
      const place = roles.place("configure");
      return (await calls.ask(place, options, { method: "GET", path: config })).data ?? {};
    },
    async write(role, token, settings, options = {}) {
      await roles.write(role, { ...passThrough(settings), ...tokenBody(token) }, options);
    },
    async read(role, options = {}) {
      const data = await roles.read(role, options);
      const settings = Object.fromEntries(
        Object.entries(data).filter(([name]) => !name.startsWith("token_")),
      );
      return { token: parseTokenSettings(data), settings };
    },
    list: (options = {}) => roles.list(options),
    delete: (role, options = {}) => roles.delete(role, options),
  };
}
