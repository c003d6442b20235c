import { randomBytes } from "node:crypto";
import type { SecretStore } from "@kinko/core";
import {
  createDatabase,
  queryPostgres,
  realPostgres,
  realVault,
  type RealVault,
} from "@kinko/servers/vitest";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { DatabasesCapability } from "../../src/database/types.js";
import { openVaultStore } from "../support.js";

/** Statements of row A6. */
export const createReadonly = [
  `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
  `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";`,
] as const;

export const createReadwrite = [
  createReadonly[0],
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{{name}}";`,
] as const;

/** A login to the database. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The login that credentials of the engine are. */
export function loginOf(secret: { json(): unknown }): Login {
  const { username, password } = secret.json() as { username: string; password: string };
  return { user: username, password };
}

export interface DatabaseMount {
  readonly vault: RealVault;
  readonly mount: string;
  readonly host: string;
  readonly port: number;
  /** Name of a database of the file's own. */
  readonly database: string;
  readonly open: (token?: string) => SecretStore;
  readonly databases: (store?: SecretStore) => DatabasesCapability;
  /** Makes a login that may make roles, with the connection `name` for it. */
  readonly connect: (name: string, password: string) => Promise<{ readonly username: string }>;
  /** Runs SQL as the superuser, or as somebody else. */
  readonly sql: (statement: string, login?: Login) => Promise<readonly Record<string, unknown>[]>;
  /** How many accounts have a name. */
  readonly rolesNamed: (name: string) => Promise<number>;
}

/** A database engine and a database of the calling file's own. Call it at its top. */
export function useDatabase(): DatabaseMount {
  const vault = realVault();
  const { host, port } = realPostgres();
  const mount = `database-${randomBytes(6).toString("hex")}`;
  const url = new URL(createDatabase());
  const database = url.pathname.slice(1);
  const logins: string[] = [];
  beforeAll(async () => {
    await vault.request("POST", `sys/mounts/${mount}`, { type: "database" });
  });
  afterAll(async () => {
    await vault.request("DELETE", `sys/mounts/${mount}`);
    for (const login of logins) {
      await sql(`DROP OWNED BY "${login}"; DROP ROLE "${login}"`).catch(() => undefined);
    }
  });
  const sql: DatabaseMount["sql"] = (statement, login) =>
    queryPostgres(login === undefined ? url.href : { host, port, database, ...login }, statement);
  const open: DatabaseMount["open"] = (token = vault.token) => {
    const store = openVaultStore({ address: vault.address, auth: { method: "token", token } });
    onTestFinished(() => store.close());
    return store;
  };
  const databases: DatabaseMount["databases"] = (store = open()) => store.as("databases").at(mount);
  return {
    vault,
    mount,
    host,
    port,
    database,
    open,
    databases,
    sql,
    async rolesNamed(name) {
      const [row] = await sql(`SELECT count(*)::int AS n FROM pg_roles WHERE rolname = '${name}'`);
      return row?.["n"] as number;
    },
    async connect(name, password) {
      const username = `vault_${randomBytes(4).toString("hex")}`;
      logins.push(username);
      await sql(`CREATE ROLE "${username}" LOGIN SUPERUSER PASSWORD '${password}'`);
      await databases().configureConnection(name, {
        type: "postgresql",
        host,
        port,
        database,
        username,
        password,
        sslMode: "disable",
        allowedRoles: ["*"],
      });
      return { username };
    },
  };
}
