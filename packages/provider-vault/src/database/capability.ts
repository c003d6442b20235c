import type { EngineContext } from "../engines.js";
import { parseMount } from "../settings.js";
import type { DatabaseEngine } from "./engine.js";
import type { DatabasesCapability } from "./types.js";

/**
 * The database engine at one mount; the code behind it is loaded by the first call.
 *
 * @param mount encoded path, without slashes at its ends
 */
export function databasesCapability(
  engine: Pick<EngineContext, "client" | "context">,
  mount: string,
): DatabasesCapability {
  let loading: Promise<DatabaseEngine> | undefined;
  const load = (): Promise<DatabaseEngine> =>
    (loading ??= import("./engine.js").then((code) => new code.DatabaseEngine(engine, mount)));
  return {
    at: (path) => databasesCapability(engine, parseMount(path, "mount")),
    enable: async (...a) => (await load()).enable(...a),
    configureConnection: async (...a) => (await load()).configureConnection(...a),
    readConnection: async (...a) => (await load()).readConnection(...a),
    listConnections: async (...a) => (await load()).listConnections(...a),
    deleteConnection: async (...a) => (await load()).deleteConnection(...a),
    resetConnection: async (...a) => (await load()).resetConnection(...a),
    rotateRoot: async (...a) => (await load()).rotateRoot(...a),
    createRole: async (...a) => (await load()).createRole(...a),
    readRole: async (...a) => (await load()).readRole(...a),
    listRoles: async (...a) => (await load()).listRoles(...a),
    deleteRole: async (...a) => (await load()).deleteRole(...a),
    createStaticRole: async (...a) => (await load()).createStaticRole(...a),
    readStaticRole: async (...a) => (await load()).readStaticRole(...a),
    listStaticRoles: async (...a) => (await load()).listStaticRoles(...a),
    deleteStaticRole: async (...a) => (await load()).deleteStaticRole(...a),
    rotateStaticRole: async (...a) => (await load()).rotateStaticRole(...a),
  };
}
