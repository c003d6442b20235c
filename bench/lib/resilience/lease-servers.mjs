import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isFile, workspaceRoot } from "../../../tools/lib/workspace.mjs";

/**
 * @param {string} path from the top of the workspace
 * @returns {string}
 */
export function builtFile(path) {
  const file = join(workspaceRoot, path);
  if (!isFile(file)) throw new Error(`${path} is not built. Run pnpm build.`);
  return file;
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export function importBuilt(path) {
  return import(pathToFileURL(builtFile(path)).href);
}

/**
 * A real Vault with a database engine on a real PostgreSQL of its own.
 */
export async function startLeaseServers() {
  const { startPostgres, startVault } = await importBuilt("tools/servers/dist/index.js");
  const { createStore, silentLogger, systemClock } = await importBuilt(
    "packages/core/dist/index.js",
  );
  const { provider } = await importBuilt("packages/provider-vault/dist/index.js");
  const [vault, postgres] = await Promise.all([startVault(), startPostgres()]);
  const options = { address: vault.address, auth: { method: "token", token: vault.rootToken } };
  const context = {
    clock: systemClock,
    logger: silentLogger,
    directory: workspaceRoot,
    env: {},
    timeoutMs: 30_000,
  };
  const store = createStore("vault", await provider.create(options, context));
  const databases = store.as("databases");
  await databases.enable();
  await databases.configureConnection("bench", {
    type: "postgresql",
    host: postgres.host,
    port: postgres.port,
    database: "postgres",
    username: postgres.superuser,
    password: postgres.password,
    sslMode: "disable",
    allowedRoles: ["*"],
    maxOpenConnections: 16,
  });
  return {
    vault,
    postgres,
    store,
    /**
     * @param {string} name
     * @param {number} defaultTtlSeconds
     * @param {readonly string[]} [renewStatements]
     * @param {number} [maxTtlSeconds]
     * @returns {Promise<string>} path of the credentials
     */
    createRole: async (name, defaultTtlSeconds, renewStatements, maxTtlSeconds = 3_600) => {
      await databases.createRole(name, {
        connection: "bench",
        creationStatements: [
          `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
        ],
        revocationStatements: [`DROP ROLE IF EXISTS "{{name}}"`],
        renewStatements,
        defaultTtlSeconds,
        maxTtlSeconds,
      });
      return `database/creds/${name}`;
    },
    /**
     * Accounts of a role that PostgreSQL has.
     *
     * @param {string} name
     * @returns {Promise<number>}
     */
    accounts: async (name) => {
      const { default: pg } = await import("pg");
      const client = new pg.Client({ connectionString: postgres.connectionString });
      await client.connect();
      try {
        const pattern = `v-token-${name}-%`;
        const { rows } = await client.query(
          "SELECT count(*)::int AS n FROM pg_roles WHERE rolname LIKE $1",
          [pattern],
        );
        return rows[0].n;
      } finally {
        await client.end();
      }
    },
    stop: async () => {
      await store.close();
      await vault.stop();
      await postgres.stop();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startLeaseServers>>} LeaseServers */
