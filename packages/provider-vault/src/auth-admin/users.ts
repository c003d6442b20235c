import type { EngineCalls } from "../engine/engine-calls.js";
import { given } from "../engine/fields.js";
import { EngineRecords } from "../engine/records.js";
import { parseTokenSettings, tokenBody } from "./token-settings.js";
import type { UserAdmin } from "./types.js";

/** Users of a userpass mount. @param mount encoded path */
export function createUsers(calls: EngineCalls, mount: string): UserAdmin {
  const users = new EngineRecords(calls, {
    path: `auth/${mount}/users`,
    noun: "user",
    label: "User",
  });
  return {
    async write(name, { password, ...settings }, options = {}) {
      const body = { ...tokenBody(settings), ...given({ password: password?.text() }) };
      await users.write(name, body, options);
    },
    async read(name, options = {}) {
      return parseTokenSettings(await users.read(name, options));
    },
    list: (options = {}) => users.list(options),
    delete: (name, options = {}) => users.delete(name, options),
  };
}
