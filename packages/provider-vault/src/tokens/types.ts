import type { Secret } from "@kinko/core";
import type { VaultCallOptions } from "../engine/engine-calls.js";
import type { TokenInput } from "../engine/token-text.js";
import type { WrappedToken, WrapOptions } from "../wrapping/types.js";

/** How a token is made. */
export interface CreateTokenOptions extends VaultCallOptions {
  /**
   * `service` (default): stored by Vault, can be renewed and revoked, and has an accessor. `batch`:
   * stored nowhere, for many short workers; it can be neither renewed nor revoked.
   */
  readonly type?: "service" | "batch" | undefined;
  /** Default: those of the token that makes it. */
  readonly policies?: readonly string[] | undefined;
  /**
   * Whether it gets Vault's policy `default` as well. Default false: its templated rules cost Vault
   * about 2.5 times the work of a read.
   */
  readonly defaultPolicy?: boolean | undefined;
  readonly ttlSeconds?: number | undefined;
  /** End that no renewal moves. */
  readonly explicitMaxTtlSeconds?: number | undefined;
  /** Each renewal gives this time again, without an end. Needs sudo, or a role. Not for `batch`. */
  readonly periodSeconds?: number | undefined;
  /** Requests until it ends. Not for `batch`. */
  readonly numUses?: number | undefined;
  /** Outlives the token that makes it. Needs sudo, or a role that makes orphans. */
  readonly orphan?: boolean | undefined;
  readonly renewable?: boolean | undefined;
  readonly displayName?: string | undefined;
  /** Shown in audit logs. Not secret. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly entityAlias?: string | undefined;
  /** Token role that sets the rules. */
  readonly role?: string | undefined;
}

/** A token that was made. The receiver disposes `token`. */
export interface CreatedToken {
  readonly token: Secret;
  /** Names it without opening anything; undefined for a batch token. */
  readonly accessor: string | undefined;
  readonly type: string;
  readonly policies: readonly string[];
  /** 0 for one that never ends. */
  readonly ttlSeconds: number;
  readonly renewable: boolean;
  readonly orphan: boolean;
  readonly entityId: string | undefined;
}

/** What Vault knows of a token. Nothing in it is secret. */
export interface TokenInfo {
  readonly accessor: string | undefined;
  readonly type: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  readonly identityPolicies: readonly string[];
  /** Where it comes from, such as `auth/token/create`. */
  readonly path: string | undefined;
  readonly entityId: string | undefined;
  readonly role: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Seconds that are left; 0 for one that never ends. */
  readonly ttlSeconds: number;
  readonly creationTtlSeconds: number;
  readonly explicitMaxTtlSeconds: number;
  readonly periodSeconds: number;
  /** 0: as many as wanted. */
  readonly usesLeft: number;
  readonly renewable: boolean;
  readonly orphan: boolean;
  readonly createdAt: Date | undefined;
  readonly expiresAt: Date | undefined;
}

/** What a renewal has given. */
export interface TokenRenewal {
  readonly ttlSeconds: number;
  readonly renewable: boolean;
  readonly policies: readonly string[];
}

/** Rules for tokens that are made by a role. */
export interface TokenRole {
  readonly allowedPolicies?: readonly string[] | undefined;
  readonly disallowedPolicies?: readonly string[] | undefined;
  readonly allowedPoliciesGlob?: readonly string[] | undefined;
  readonly disallowedPoliciesGlob?: readonly string[] | undefined;
  readonly orphan?: boolean | undefined;
  readonly renewable?: boolean | undefined;
  readonly type?: "service" | "batch" | "default-service" | "default-batch" | undefined;
  /** Default false: tokens of the role leave the policy `default` out. */
  readonly defaultPolicy?: boolean | undefined;
  readonly periodSeconds?: number | undefined;
  readonly explicitMaxTtlSeconds?: number | undefined;
  readonly numUses?: number | undefined;
  readonly boundCidrs?: readonly string[] | undefined;
  readonly allowedEntityAliases?: readonly string[] | undefined;
  readonly pathSuffix?: string | undefined;
}

/** Tokens of Vault: made, looked up, renewed, revoked. No error holds one. */
export interface TokensCapability {
  /** @throws InvalidValueError for what a batch token cannot have, before any request */
  create(options?: CreateTokenOptions): Promise<CreatedToken>;
  /** As `create`, but only a wrapping token is handed out, which opens it once. */
  createWrapped(options: CreateTokenOptions & WrapOptions): Promise<WrappedToken>;
  /** The token that this store uses. */
  lookupSelf(options?: VaultCallOptions): Promise<TokenInfo>;
  /** @throws NotFoundError for a token that has ended, or never was one */
  lookup(token: TokenInput, options?: VaultCallOptions): Promise<TokenInfo>;
  lookupAccessor(accessor: string, options?: VaultCallOptions): Promise<TokenInfo>;
  renewSelf(options?: RenewTokenOptions): Promise<TokenRenewal>;
  /** @throws UnsupportedError for a batch token, before any request, and for what is not renewable */
  renew(token: TokenInput, options?: RenewTokenOptions): Promise<TokenRenewal>;
  renewAccessor(accessor: string, options?: RenewTokenOptions): Promise<TokenRenewal>;
  /** Ends the token of this store, with all that it has made; nothing can be called afterwards. */
  revokeSelf(options?: VaultCallOptions): Promise<void>;
  /** Ends a token with all its children and leases. @throws UnsupportedError for a batch token */
  revoke(token: TokenInput, options?: VaultCallOptions): Promise<void>;
  /** @throws NotFoundError; Vault itself would say done */
  revokeAccessor(accessor: string, options?: VaultCallOptions): Promise<void>;
  /** Ends a token alone; its children become orphans. Needs sudo. */
  revokeOrphan(token: TokenInput, options?: VaultCallOptions): Promise<void>;
  /** Accessors of all tokens that are stored. Needs sudo. */
  listAccessors(options?: VaultCallOptions): Promise<readonly string[]>;
  /** Has Vault start to clean what ended tokens left; it goes on after the call. */
  tidy(options?: VaultCallOptions): Promise<void>;
  writeRole(name: string, role: TokenRole, options?: VaultCallOptions): Promise<void>;
  /** @throws NotFoundError */
  readRole(name: string, options?: VaultCallOptions): Promise<Required<TokenRole>>;
  listRoles(options?: VaultCallOptions): Promise<readonly string[]>;
  /** @throws NotFoundError; Vault itself would say done */
  deleteRole(name: string, options?: VaultCallOptions): Promise<void>;
}

/** Options of a renewal. */
export interface RenewTokenOptions extends VaultCallOptions {
  /** Wished life from now on; Vault MAY give less. */
  readonly incrementSeconds?: number | undefined;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    tokens: TokensCapability;
  }
}
