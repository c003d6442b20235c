import { lazyMethods } from "../engine/lazy.js";
import type { EngineContext } from "../engines.js";
import { parseMount } from "../settings.js";
import type { EntityAdmin, GroupAdmin } from "./identity-types.js";
import type { AppRoleAdmin, AuthAdminCapability, RoleAdmin, UserAdmin } from "./types.js";

/** Auth methods; nothing of the code is loaded before the first call. */
export function authAdminCapability({ client, context }: EngineContext): AuthAdminCapability {
  const load = async () => {
    const engine = await import("./load.js");
    const { clock, timeoutMs } = context;
    const calls = new engine.EngineCalls({ client, clock, timeoutMs }, engine.authMeanings);
    return { engine, calls };
  };
  type Mounts = Pick<AuthAdminCapability, "enable" | "list" | "tune" | "disable">;
  const mounts = lazyMethods<Mounts>(
    async () => {
      const { engine, calls } = await load();
      return engine.createAuthMounts(calls);
    },
    { enable: true, list: true, tune: true, disable: true },
  );
  const entities = lazyMethods<EntityAdmin>(
    async () => {
      const { engine, calls } = await load();
      return engine.createEntities(calls);
    },
    { write: true, read: true, list: true, delete: true, writeAlias: true, deleteAlias: true },
  );
  const groups = lazyMethods<GroupAdmin>(
    async () => {
      const { engine, calls } = await load();
      return engine.createGroups(calls);
    },
    { write: true, read: true, list: true, delete: true, writeAlias: true },
  );
  return {
    ...mounts,
    entities,
    groups,
    appRoles(path = "approle") {
      const mount = parseMount(path, "mount");
      return lazyMethods<AppRoleAdmin>(
        async () => {
          const { engine, calls } = await load();
          return engine.createAppRoles(calls, mount);
        },
        {
          write: true,
          read: true,
          list: true,
          delete: true,
          roleId: true,
          createSecretId: true,
          createWrappedSecretId: true,
          listSecretIds: true,
          lookupSecretId: true,
          destroySecretId: true,
        },
      );
    },
    users(path = "userpass") {
      const mount = parseMount(path, "mount");
      return lazyMethods<UserAdmin>(
        async () => {
          const { engine, calls } = await load();
          return engine.createUsers(calls, mount);
        },
        { write: true, read: true, list: true, delete: true },
      );
    },
    roles(method, path = method) {
      const mount = parseMount(path, "mount");
      return lazyMethods<RoleAdmin>(
        async () => {
          const { engine, calls } = await load();
          return engine.createRoles(calls, method, mount);
        },
        {
          configure: true,
          readConfig: true,
          write: true,
          read: true,
          list: true,
          delete: true,
        },
      );
    },
  };
}
