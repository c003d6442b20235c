import type { CallOptions } from "../provider.js";

/** Who a store's credentials belong to, and what they are good for. Nothing in it is a secret. */
export interface IdentityInfo {
  /** How the backend calls the holder; undefined when the credentials may not ask. */
  readonly principal: string | undefined;
  /** Where the credentials come from, such as `auth/approle/login`. */
  readonly source: string | undefined;
  /** Names of the policies or roles that say what is allowed; undefined when that is not known. */
  readonly policies: readonly string[] | undefined;
  /** Seconds until the credentials end; undefined when they do not, or it is not known. */
  readonly ttlSeconds: number | undefined;
  /** Whether their life can be prolonged. */
  readonly renewable: boolean;
  /** Further facts by name, such as an accessor. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
  /** What is unwise about them. */
  readonly warnings: readonly IdentityWarning[];
}

/** One thing that is unwise about credentials. */
export interface IdentityWarning {
  /** Stable kebab-case word. */
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
}

/** Answers who the credentials belong to, without reading a secret. */
export interface IdentityCapability {
  /** @throws UnauthenticatedError when the backend does not accept the credentials */
  check(options: CallOptions): Promise<IdentityInfo>;
}
