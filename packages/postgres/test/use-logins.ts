import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { createStore, silentLogger, systemClock, type SecretStore } from "@kinko/core";
import {
  createLeaseManager,
  type CredentialHandle,
  type LeaseManager,
  type LeaseManagerOptions,
} from "@kinko/core/leases";
import { provider, type DatabasesCapability } from "@kinko/provider-vault";
import type { VaultServer } from "@kinko/servers";
import { createDatabase, queryPostgres, realPostgres, realVault } from "@kinko/servers/vitest";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { createRotatingPool, type RotatingPool, type RotatingPoolOptions } from "../src/index.js";

/** A test's own leases, and pools on them. */
export interface Session {
  readonly leases: LeaseManager;
  readonly handle: CredentialHandle;
  readonly pool: RotatingPool;
}

export interface Logins {
  /** Where a pool connects to. */
  readonly pool: { readonly host: string; readonly port: number; readonly database: string };
  readonly databases: () => DatabasesCapability;
  readonly revokePrefix: (role: string) => Promise<void>;
  readonly sql: (statement: string) => Promise<readonly Record<string, unknown>[]>;
  /** Accounts of a role that PostgreSQL has. */
  readonly accounts: (role: string) => Promise<number>;
  /** Makes a role whose accounts live this long. */
  readonly createRole: (
    role: string,
    life: { readonly ttlSeconds: number; readonly maxTtlSeconds: number },
  ) => Promise<void>;
  /** Makes a role that stays, whose password Vault changes; gives its name in PostgreSQL. */
  readonly createStaticRole: (role: string, rotationPeriodSeconds: number) => Promise<string>;
  /** A lease manager, a handle and a pool for the calling test; ended after it, if not before. */
  readonly start: (
    path: string,
    options?: {
      readonly pool?: Omit<RotatingPoolOptions, "handle">;
      readonly leases?: Partial<LeaseManagerOptions>;
    },
  ) => Promise<Session>;
}

/** What is needed of a Vault; one of the file's own can be killed. */
type Vault = Pick<VaultServer, "address" | "rootToken" | "request">;

function sharedVault(): Vault {
  const vault = realVault();
  return {
    address: vault.address,
    rootToken: vault.token,
    request: (method, path, body) => vault.request(method, path, body),
  };
}

/** A database and a database engine of the calling file's own. Call it at its top. */
export function useLogins(vault = sharedVault()): Logins {
  const { host, port } = realPostgres();
  const mount = `database-${randomBytes(6).toString("hex")}`;
  const administrator = `vault_${randomBytes(4).toString("hex")}`;
  const url = new URL(createDatabase());
  const database = url.pathname.slice(1);
  const connection = `connection-${randomBytes(4).toString("hex")}`;
  const statics: string[] = [];
  let store: SecretStore;

  const sql: Logins["sql"] = (statement) => queryPostgres(url.href, statement);
  const databases = (): DatabasesCapability => store.as("databases").at(mount);

  beforeAll(async () => {
    const { address, rootToken: token } = vault;
    const driver = await provider.create(
      { address, auth: { method: "token", token } },
      {
        clock: systemClock,
        logger: silentLogger,
        directory: tmpdir(),
        env: {},
        timeoutMs: 30_000,
      },
    );
    store = createStore("vault", driver);
    const password = randomBytes(12).toString("hex");
    await sql(`CREATE ROLE ${administrator} LOGIN SUPERUSER PASSWORD '${password}'`);
    await databases().enable();
    await databases().configureConnection(connection, {
      type: "postgresql",
      host,
      port,
      database,
      username: administrator,
      password,
      sslMode: "disable",
      allowedRoles: ["*"],
    });
  });
  afterAll(async () => {
    await vault.request("DELETE", `sys/mounts/${mount}`);
    await store.close();
    for (const name of [administrator, ...statics]) {
      await sql(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
    }
  });

  return {
    pool: { host, port, database },
    databases,
    sql,
    revokePrefix: (role) =>
      store.as("dynamic").revokePrefix(`${mount}/creds/${role}`, {
        signal: new AbortController().signal,
      }),
    accounts: async (role) => {
      const [row] = await sql(
        `SELECT count(*)::int AS n FROM pg_roles WHERE rolname LIKE 'v-token-${role}-%'`,
      );
      return Number(row?.["n"]);
    },
    createRole: async (role, { ttlSeconds, maxTtlSeconds }) => {
      await databases().createRole(role, {
        connection,
        creationStatements: [
          `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
          `GRANT ALL ON ALL TABLES IN SCHEMA public TO "{{name}}"`,
        ],
        revocationStatements: [`DROP OWNED BY "{{name}}"`, `DROP ROLE IF EXISTS "{{name}}"`],
        defaultTtlSeconds: ttlSeconds,
        maxTtlSeconds,
      });
    },
    createStaticRole: async (role, rotationPeriodSeconds) => {
      const username = `${role}_${randomBytes(4).toString("hex")}`;
      await sql(`CREATE ROLE ${username} LOGIN; GRANT ALL ON numbers TO ${username}`);
      statics.push(username);
      await databases().createStaticRole(role, { connection, username, rotationPeriodSeconds });
      return username;
    },
    start: async (path, options = {}) => {
      const leases = createLeaseManager({ dynamic: store.as("dynamic"), ...options.leases });
      onTestFinished(() => leases.close());
      const handle = await leases.acquire({ path: `${mount}/${path}` });
      const own = options.pool ?? {};
      const pool = createRotatingPool({
        ...own,
        handle,
        pool: { host, port, database, ...own.pool },
      });
      onTestFinished(() => pool.end());
      return { leases, handle, pool };
    },
  };
}
