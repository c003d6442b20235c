import type {
  CallOptions,
  PermissionsCapability,
  ProviderDeleteOptions,
  ProviderPutOptions,
  ProviderSecret,
  PutResult,
  Secret,
  SecretPath,
  SecretRef,
} from "@kinko/core";

/** What both versions of the KV engine can do. */
export interface KvEngine {
  get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret>;
  put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult>;
  delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void>;
  /** Keys of one folder as Vault names them, folders with a slash at the end; undefined when there is none. */
  listFolder(folder: SecretPath, options: CallOptions): Promise<readonly string[] | undefined>;
  /** What the token may do with a secret. */
  readonly check: PermissionsCapability["check"];
}
