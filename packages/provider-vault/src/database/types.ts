import type { CryptoCallOptions, SecretInput } from "@kinko/core";

/** Limits of a call: `signal`, and its total time `timeoutMs`. */
export type DatabaseCallOptions = CryptoCallOptions;

/** Limits of a call that writes. */
export interface DatabaseWriteOptions extends DatabaseCallOptions {
  /** True: what is given is checked, and nothing is sent. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What every connection has. */
export interface ConnectionBase {
  /** Roles that may use it; `["*"]` for all. */
  readonly allowedRoles: readonly string[];
  /** Name of the Vault policy that passwords are made by. Default: Vault's own. */
  readonly passwordPolicy?: string | undefined;
  /** Statements with which Vault changes the password of its own login. Default: the plugin's. */
  readonly rootRotationStatements?: readonly string[] | undefined;
  /** Whether Vault logs in at once, and refuses what does not work. Default true. */
  readonly verify?: boolean | undefined;
}

/** How Vault checks the server it connects to; libpq's words. */
export type SslMode = "disable" | "require" | "verify-ca" | "verify-full";

/** A connection to PostgreSQL. Login and password never stand in the URL. */
export interface PostgresConnection extends ConnectionBase {
  readonly type: "postgresql";
  readonly host: string;
  /** Default 5432. */
  readonly port?: number | undefined;
  readonly database: string;
  /** Login that makes the others. Vault alone should use it: see `rotateRoot`. */
  readonly username: string;
  readonly password: SecretInput;
  /** Default verify-full. */
  readonly sslMode?: SslMode | undefined;
  /** PEM of the authority that signed the server's certificate. */
  readonly caCertificate?: string | undefined;
  /** Most connections that Vault opens. Default: Vault's, 4. */
  readonly maxOpenConnections?: number | undefined;
}

/** A connection by any other plugin. */
export interface PluginConnection extends ConnectionBase {
  readonly type: "plugin";
  /** Such as `mysql-database-plugin`. */
  readonly pluginName: string;
  readonly username?: string | undefined;
  readonly password?: SecretInput | undefined;
  /**
   * What the plugin takes beside that, in its own words, such as `connection_url`. Of an option that
   * is left out, Vault keeps the earlier value; an empty one takes it away, where the plugin lets it.
   */
  readonly options?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export type DatabaseConnection = PostgresConnection | PluginConnection;

/** What Vault tells of a connection; never its password. */
export interface ConnectionInfo {
  readonly name: string;
  readonly pluginName: string;
  readonly allowedRoles: readonly string[];
  readonly passwordPolicy: string | undefined;
  readonly username: string | undefined;
  /** With `{{username}}` and `{{password}}` in it; a URL that has a login in it is not shown. */
  readonly connectionUrl: string | undefined;
  readonly verify: boolean;
}

/** How accounts of a role are made and ended. */
export interface DatabaseRole {
  /** Connection that it uses. */
  readonly connection: string;
  /** Statements that make an account, with `"{{name}}"`, `'{{password}}'` and `'{{expiration}}'`. */
  readonly creationStatements: readonly string[];
  /** Statements that end it. Default: the plugin's, which for PostgreSQL fails where it owns objects. */
  readonly revocationStatements?: readonly string[] | undefined;
  /** Statements that prolong it. Default: the plugin's. */
  readonly renewStatements?: readonly string[] | undefined;
  /** Statements that undo a creation that failed half-way. */
  readonly rollbackStatements?: readonly string[] | undefined;
  /** Life of credentials until they are renewed. Default: the mount's. */
  readonly defaultTtlSeconds?: number | undefined;
  /** Longest life, however often they are renewed. Default: the mount's. */
  readonly maxTtlSeconds?: number | undefined;
  /**
   * False for a database whose accounts have no end of their own. Default true: then the account
   * dies also when Vault cannot end it.
   */
  readonly requireExpiration?: boolean | undefined;
  /** False for a plugin whose statements are no SQL, such as MongoDB's JSON. Default true. */
  readonly checkStatements?: boolean | undefined;
}

/** What Vault tells of a role. */
export type DatabaseRoleInfo = Required<
  Omit<DatabaseRole, "requireExpiration" | "checkStatements">
> & { readonly name: string };

/** An account that exists, whose password Vault changes by itself. */
export interface StaticRole {
  readonly connection: string;
  /** Account in the database. */
  readonly username: string;
  /** Time between changes, at least 5. */
  readonly rotationPeriodSeconds: number;
  /** Statements that change the password. Default: the plugin's. */
  readonly rotationStatements?: readonly string[] | undefined;
}

export interface StaticRoleInfo {
  readonly name: string;
  readonly connection: string;
  readonly username: string;
  readonly rotationPeriodSeconds: number;
  readonly rotationStatements: readonly string[];
  readonly lastRotatedAt: Date | undefined;
}

/** Administration of a database engine. What it makes is used through `store.as("dynamic")`. */
export interface DatabasesCapability {
  /** The engine at another mount. @throws ConfigError */
  at(mount: string): DatabasesCapability;
  /** Mounts the engine, unless it is there. @throws AlreadyExistsError when another engine is */
  enable(options?: DatabaseCallOptions): Promise<{ readonly created: boolean }>;
  /**
   * Makes a connection, or replaces of one what has an option here. Vault keeps the rest of what the
   * connection had before: options of plugins, and those that others set, such as
   * `username_template`. Of a plugin's connection that includes username and password.
   * @throws ConfigError, UnavailableError when Vault cannot log in
   */
  configureConnection(
    name: string,
    connection: DatabaseConnection,
    options?: DatabaseWriteOptions,
  ): Promise<void>;
  /** @throws NotFoundError */
  readConnection(name: string, options?: DatabaseCallOptions): Promise<ConnectionInfo>;
  listConnections(options?: DatabaseCallOptions): Promise<readonly string[]>;
  deleteConnection(name: string, options?: DatabaseCallOptions): Promise<void>;
  /** Closes a connection and opens it anew. @throws NotFoundError */
  resetConnection(name: string, options?: DatabaseCallOptions): Promise<void>;
  /** Changes the password of Vault's own login to one that only Vault knows; there is no way back. */
  rotateRoot(name: string, options?: DatabaseCallOptions): Promise<void>;
  /**
   * Makes or replaces a role: what is not given becomes the default again, whatever it was. Only what
   * has no option here, such as `credential_type`, Vault keeps.
   * @throws InvalidValueError, before any request, for unsafe statements
   */
  createRole(name: string, role: DatabaseRole, options?: DatabaseWriteOptions): Promise<void>;
  /** @throws NotFoundError */
  readRole(name: string, options?: DatabaseCallOptions): Promise<DatabaseRoleInfo>;
  listRoles(options?: DatabaseCallOptions): Promise<readonly string[]>;
  deleteRole(name: string, options?: DatabaseCallOptions): Promise<void>;
  /**
   * Makes or replaces a static role; what is not given becomes the default again. Vault changes the
   * password of the account at once when the role is new, and refuses another account for one it has.
   */
  createStaticRole(name: string, role: StaticRole, options?: DatabaseWriteOptions): Promise<void>;
  /** @throws NotFoundError */
  readStaticRole(name: string, options?: DatabaseCallOptions): Promise<StaticRoleInfo>;
  listStaticRoles(options?: DatabaseCallOptions): Promise<readonly string[]>;
  deleteStaticRole(name: string, options?: DatabaseCallOptions): Promise<void>;
  /** Changes the password of a static role now. @throws NotFoundError */
  rotateStaticRole(name: string, options?: DatabaseCallOptions): Promise<void>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    databases: DatabasesCapability;
  }
}
