import type { Secret } from "@kinko/core";
import type { MountEntry } from "../engine/mount-entry.js";
import type { JsonObject } from "../client/answer.js";
import type { VaultCallOptions } from "../engine/engine-calls.js";
import type { EntityAdmin, GroupAdmin } from "./identity-types.js";
import type { WrappedToken, WrapOptions } from "../wrapping/types.js";

/** Rules for the tokens that a role or user gets; every auth method has the same. */
export interface TokenSettings {
  readonly policies?: readonly string[] | undefined;
  /**
   * Whether tokens get Vault's policy `default` as well. Default false: its templated rules cost
   * Vault about 2.5 times the work of a read.
   */
  readonly defaultPolicy?: boolean | undefined;
  readonly ttlSeconds?: number | undefined;
  readonly maxTtlSeconds?: number | undefined;
  readonly explicitMaxTtlSeconds?: number | undefined;
  readonly periodSeconds?: number | undefined;
  /** Requests until a token ends; 0: as many as wanted. */
  readonly numUses?: number | undefined;
  readonly boundCidrs?: readonly string[] | undefined;
  readonly type?: "service" | "batch" | "default" | undefined;
}

/** An auth method that is enabled. */
export type AuthMount = MountEntry;

/** Settings of an auth method's mount. */
export interface AuthMountSettings {
  readonly description?: string | undefined;
  readonly defaultTtlSeconds?: number | undefined;
  readonly maxTtlSeconds?: number | undefined;
  readonly tokenType?: "default-service" | "default-batch" | "service" | "batch" | undefined;
  readonly listingVisibility?: "hidden" | "unauth" | undefined;
}

/** An AppRole. */
export interface AppRoleSettings extends TokenSettings {
  /** Default true: a login needs a secret id. */
  readonly bindSecretId?: boolean | undefined;
  readonly secretIdTtlSeconds?: number | undefined;
  /** Logins by one secret id; 0: as many as wanted. */
  readonly secretIdNumUses?: number | undefined;
  readonly secretIdBoundCidrs?: readonly string[] | undefined;
}

/** How a secret id is made. */
export interface SecretIdOptions extends VaultCallOptions {
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly ttlSeconds?: number | undefined;
  readonly numUses?: number | undefined;
  readonly cidrs?: readonly string[] | undefined;
}

/** A secret id. The receiver disposes it. */
export interface SecretId {
  readonly secretId: Secret;
  readonly accessor: string;
  readonly ttlSeconds: number;
  readonly numUses: number;
}

/** What Vault knows of a secret id, by its accessor. */
export interface SecretIdInfo {
  readonly accessor: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly numUses: number;
  readonly createdAt: Date | undefined;
  readonly expiresAt: Date | undefined;
}

/** AppRoles of one mount. */
export interface AppRoleAdmin {
  write(role: string, settings: AppRoleSettings, options?: VaultCallOptions): Promise<void>;
  /** @throws NotFoundError */
  read(role: string, options?: VaultCallOptions): Promise<AppRoleSettings>;
  list(options?: VaultCallOptions): Promise<readonly string[]>;
  /** @throws NotFoundError; Vault itself would say done */
  delete(role: string, options?: VaultCallOptions): Promise<void>;
  roleId(role: string, options?: VaultCallOptions): Promise<string>;
  createSecretId(role: string, options?: SecretIdOptions): Promise<SecretId>;
  /** Only a wrapping token is handed out; `auth.wrapped` of this provider opens it. */
  createWrappedSecretId(
    role: string,
    options: SecretIdOptions & WrapOptions,
  ): Promise<WrappedToken>;
  listSecretIds(role: string, options?: VaultCallOptions): Promise<readonly string[]>;
  /** @throws NotFoundError */
  lookupSecretId(role: string, accessor: string, options?: VaultCallOptions): Promise<SecretIdInfo>;
  /** No login by it any more. @throws NotFoundError */
  destroySecretId(role: string, accessor: string, options?: VaultCallOptions): Promise<void>;
}

/** Users of one userpass mount. */
export interface UserAdmin {
  /** Makes or changes a user; the password may be left out for one that is there. */
  write(
    name: string,
    user: TokenSettings & { readonly password?: Secret | undefined },
    options?: VaultCallOptions,
  ): Promise<void>;
  read(name: string, options?: VaultCallOptions): Promise<TokenSettings>;
  list(options?: VaultCallOptions): Promise<readonly string[]>;
  delete(name: string, options?: VaultCallOptions): Promise<void>;
}

/** Methods whose roles are written with Vault's own words beside {@link TokenSettings}. */
export type RoleMethod = "jwt" | "oidc" | "kubernetes" | "cert";

/** Config and roles of a JWT, OIDC, Kubernetes or certificate mount. */
export interface RoleAdmin {
  /** Config of the mount in Vault's own words, such as `kubernetes_host`. Not for certificates. */
  configure(config: JsonObject, options?: VaultCallOptions): Promise<void>;
  readConfig(options?: VaultCallOptions): Promise<JsonObject>;
  /** `settings` in Vault's own words, such as `bound_audiences`. */
  write(
    role: string,
    token: TokenSettings,
    settings?: JsonObject,
    options?: VaultCallOptions,
  ): Promise<void>;
  /** @throws NotFoundError */
  read(
    role: string,
    options?: VaultCallOptions,
  ): Promise<{ readonly token: TokenSettings; readonly settings: JsonObject }>;
  list(options?: VaultCallOptions): Promise<readonly string[]>;
  delete(role: string, options?: VaultCallOptions): Promise<void>;
}

/** Administration of auth methods: mounts, roles, users. */
export interface AuthAdminCapability {
  /** `created` is false when a method of this type is there already. @throws AlreadyExistsError for another */
  enable(
    type: string,
    settings?: AuthMountSettings & { readonly path?: string | undefined },
    options?: VaultCallOptions,
  ): Promise<{ readonly created: boolean }>;
  list(options?: VaultCallOptions): Promise<readonly AuthMount[]>;
  /** @throws NotFoundError */
  tune(path: string, settings: AuthMountSettings, options?: VaultCallOptions): Promise<void>;
  /**
   * Ends the method with all its roles and the tokens of its logins.
   * @throws InvalidValueError unless `confirm` is the path
   */
  disable(path: string, options: VaultCallOptions & { readonly confirm: string }): Promise<void>;
  /** Default mount `approle`. */
  appRoles(mount?: string): AppRoleAdmin;
  /** Default mount `userpass`. */
  users(mount?: string): UserAdmin;
  /** Default mount: the method's name. */
  roles(method: RoleMethod, mount?: string): RoleAdmin;
  /** Who logs in, whatever the method; templated policies speak of them. */
  readonly entities: EntityAdmin;
  readonly groups: GroupAdmin;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    authAdmin: AuthAdminCapability;
  }
}
