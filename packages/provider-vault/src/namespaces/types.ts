import type { VaultCallOptions } from "../engine/engine-calls.js";

/** A namespace of Vault Enterprise. */
export interface Namespace {
  readonly id: string;
  /** Without a slash at its end. */
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Namespaces of Vault Enterprise and HCP. Open-source Vault has none: every call then fails with
 * Unsupported and reason `enterprise-only`; see the option `namespaceMode` for what to do instead.
 */
export interface NamespacesCapability {
  /** `namespace` of the options says beneath which one; that of the store by default. */
  create(
    path: string,
    options?: VaultCallOptions & {
      readonly metadata?: Readonly<Record<string, string>> | undefined;
    },
  ): Promise<Namespace>;
  /** @throws NotFoundError */
  read(path: string, options?: VaultCallOptions): Promise<Namespace>;
  /** Sets metadata; `null` removes a key. */
  update(
    path: string,
    metadata: Readonly<Record<string, string | null>>,
    options?: VaultCallOptions,
  ): Promise<Namespace>;
  list(options?: VaultCallOptions): Promise<readonly string[]>;
  /** Destroys it with all that is in it. @throws InvalidValueError unless `confirm` is the path */
  delete(path: string, options: VaultCallOptions & { readonly confirm: string }): Promise<void>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    namespaces: NamespacesCapability;
  }
}
