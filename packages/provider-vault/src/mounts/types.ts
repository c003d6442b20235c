import type { VaultCallOptions } from "../engine/engine-calls.js";
import type { MountEntry } from "../engine/mount-entry.js";

/** Settings of a mount. */
export interface MountSettings {
  readonly description?: string | undefined;
  readonly defaultTtlSeconds?: number | undefined;
  readonly maxTtlSeconds?: number | undefined;
  readonly listingVisibility?: "hidden" | "unauth" | undefined;
  /** Fields of requests that the audit log shows as they are. */
  readonly auditNonHmacRequestKeys?: readonly string[] | undefined;
  readonly auditNonHmacResponseKeys?: readonly string[] | undefined;
}

/** An engine that is mounted. */
export interface Mount extends MountEntry {
  /** Such as `version` of a KV engine. */
  readonly options: Readonly<Record<string, string>>;
  readonly sealWrap: boolean;
}

/** Mounts of secrets engines. */
export interface MountsCapability {
  list(options?: VaultCallOptions): Promise<readonly Mount[]>;
  /** @throws NotFoundError */
  read(path: string, options?: VaultCallOptions): Promise<Mount>;
  /** `created` is false when an engine of this type is there. @throws AlreadyExistsError for another */
  enable(
    path: string,
    engine: MountSettings & {
      readonly type: string;
      readonly options?: Readonly<Record<string, string>> | undefined;
      readonly local?: boolean | undefined;
      readonly sealWrap?: boolean | undefined;
    },
    options?: VaultCallOptions,
  ): Promise<{ readonly created: boolean }>;
  /** @throws NotFoundError */
  tune(path: string, settings: MountSettings, options?: VaultCallOptions): Promise<void>;
  /**
   * Destroys an engine with all that is in it.
   * @throws InvalidValueError unless `confirm` is the path; NotFoundError, where Vault would say done
   */
  disable(path: string, options: VaultCallOptions & { readonly confirm: string }): Promise<void>;
}

/** Rules of a KV v2 engine, or of one secret in it. */
export interface KvRules {
  /** Versions that are kept; 0: Vault's default, 10. */
  readonly maxVersions?: number | undefined;
  /** Only check-and-set writes are taken. */
  readonly casRequired?: boolean | undefined;
  /** Versions are deleted after this time; 0: never. */
  readonly deleteVersionAfterSeconds?: number | undefined;
}

/** Rules of one secret. */
export interface KvSecretRules extends KvRules {
  /** Replaces all; Kinko's tags are kept here. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Administration of KV version 2. Every change is read back, and compared. */
export interface KvAdminCapability {
  /** Mounts KV v2 with these rules; `created` is false when it was there. @throws AlreadyExistsError for another engine, KV v1 included */
  enable(
    mount: string,
    rules?: KvRules & { readonly description?: string | undefined },
    options?: VaultCallOptions,
  ): Promise<{ readonly created: boolean; readonly rules: Required<KvRules> }>;
  /** What is not given stays. @throws UnsupportedError for KV v1 */
  configure(mount: string, rules: KvRules, options?: VaultCallOptions): Promise<Required<KvRules>>;
  readConfig(mount: string, options?: VaultCallOptions): Promise<Required<KvRules>>;
  /** Rules of one secret, whether it is there yet or not. */
  configureSecret(
    mount: string,
    path: string,
    rules: KvSecretRules,
    options?: VaultCallOptions,
  ): Promise<Required<KvSecretRules>>;
  /** @throws NotFoundError */
  readSecretConfig(
    mount: string,
    path: string,
    options?: VaultCallOptions,
  ): Promise<Required<KvSecretRules>>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    mounts: MountsCapability;
    kvAdmin: KvAdminCapability;
  }
}
