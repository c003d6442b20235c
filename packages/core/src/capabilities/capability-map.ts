import type { SecretPath, SecretRef } from "../refs/ref.js";
import type { CallOptions, ProviderSecret } from "../provider.js";
import type { DynamicCapability } from "./dynamic.js";
import type { EncryptionCapability } from "./encryption.js";
import type { IdentityCapability } from "./identity.js";
import type { SigningCapability } from "./signing.js";

/** State of one version. */
export type VersionState = "enabled" | "disabled" | "deleted" | "destroyed";

/** One version of a secret, without its value. */
export interface VersionInfo {
  /** Opaque id. */
  readonly id: string;
  readonly state: VersionState;
  /** Whether a plain `get` reads this version. */
  readonly current: boolean;
  readonly createdAt?: Date;
  readonly deletedAt?: Date;
  /** Labels that point at this version, where a store has them. */
  readonly stages: readonly string[];
}

/** History of secrets. Required when the feature `versions` or `undelete` is supported. */
export interface VersionsCapability {
  /** Versions of one secret, newest first. @throws NotFoundError */
  list(ref: SecretRef, options: CallOptions): Promise<readonly VersionInfo[]>;
  /** Brings back a soft-deleted version: the one in the ref, or the newest. @throws DestroyedError */
  undelete(ref: SecretRef, options: CallOptions): Promise<void>;
}

/** Atomic change of some fields of a JSON secret. */
export interface PatchCapability {
  /** `null` removes a field. Returns the new version. @throws NotFoundError, ConflictError */
  patch(
    path: SecretPath,
    fields: ReadonlyMap<string, unknown>,
    options: CallOptions & { readonly ifVersion?: string | undefined },
  ): Promise<{ readonly version?: string | undefined }>;
}

/** Reading of many secrets in few requests. */
export interface BulkGetCapability {
  /** One result per ref, in order; a failure of one is a result, not an exception. */
  getMany(
    refs: readonly SecretRef[],
    options: CallOptions,
  ): Promise<readonly ({ readonly secret: ProviderSecret } | { readonly error: unknown })[]>;
}

/** What can be asked for in a permission check. */
export type PermissionOperation = "get" | "put" | "delete" | "list";

/** Answers what the credentials allow, without reading a value. */
export interface PermissionsCapability {
  check(
    ref: SecretRef,
    operations: readonly PermissionOperation[],
    options: CallOptions,
  ): Promise<{
    /** Undefined when the credentials do not allow to know. */
    readonly exists: boolean | undefined;
    readonly operations: ReadonlyMap<PermissionOperation, boolean>;
  }>;
}

/** Pushed changes. */
export interface WatchCapability {
  watch(
    refs: readonly SecretRef[],
    options: CallOptions,
  ): AsyncIterable<{ readonly ref: SecretRef; readonly type: "created" | "updated" | "deleted" }>;
}

/**
 * Typed objects that a provider may offer, by name. `store.as(name)` returns them.
 *
 * A provider with abilities of its own adds them by declaration merging, so that core never
 * learns of them:
 *
 * @example
 * declare module "@kinko/core" {
 *   interface CapabilityMap { seal: SealCapability }
 * }
 */
export interface CapabilityMap {
  versions: VersionsCapability;
  patch: PatchCapability;
  bulkGet: BulkGetCapability;
  permissions: PermissionsCapability;
  watch: WatchCapability;
  dynamic: DynamicCapability;
  identity: IdentityCapability;
  encryption: EncryptionCapability;
  signing: SigningCapability;
}

/** Name of a typed capability. */
export type CapabilityName = keyof CapabilityMap;
