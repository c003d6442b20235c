import type { Secret } from "@kinko/core";
import type { VaultCallOptions } from "../engine/engine-calls.js";
import type { TokenInput } from "../engine/token-text.js";

/** How long a wrapping token waits to be opened. */
export interface WrapOptions {
  readonly wrapTtlSeconds: number;
}

/** A token that opens an answer of Vault's once. The receiver disposes it. */
export interface WrappedToken {
  readonly token: Secret;
  readonly accessor: string | undefined;
  readonly ttlSeconds: number;
  readonly createdAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  /** What was asked, such as `secret/data/app`; whoever opens the token should expect it. */
  readonly creationPath: string;
  /** Accessor of the token inside, when it is a token. */
  readonly wrappedAccessor: string | undefined;
}

/** What Vault tells about a wrapping token without opening it. */
export interface WrappingInfo {
  readonly creationPath: string;
  readonly ttlSeconds: number;
  readonly createdAt: Date | undefined;
  readonly expiresAt: Date | undefined;
}

/** How `unwrap` checks what it opens. */
export interface UnwrapOptions extends VaultCallOptions {
  /**
   * Path at which it must have been made, such as `secret/data/app`; one that ends with `*` stands
   * for all that begin so. It is checked before the token is used up.
   */
  readonly expectCreationPath?: string | RegExp | undefined;
  /**
   * When the token ends, where its maker told. Vault says the same of a token that has ended as of
   * one that was opened; with this the two are told apart.
   */
  readonly expiresAt?: Date | undefined;
}

/** What was in a wrapping token. The receiver disposes the secrets. */
export interface Unwrapped {
  /** `data` of the wrapped answer, of kind json; undefined for a login or token. */
  readonly data: Secret | undefined;
  /** The token inside, when it is one. */
  readonly token: Secret | undefined;
  readonly accessor: string | undefined;
  readonly leaseId: string | undefined;
  readonly leaseSeconds: number;
}

/** A request whose answer is to be wrapped. */
export interface WrapRequest {
  /** Path below `/v1/`, not encoded, such as `secret/data/app` or `database/creds/readonly`. */
  readonly path: string;
  /** Default GET. */
  readonly method?: "GET" | "POST" | "PUT" | undefined;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

/** Response wrapping: a secret travels as a token that opens it once, and tells if somebody did. */
export interface WrappingCapability {
  /** Has Vault wrap the answer to a request: a KV secret, credentials, a secret id. */
  wrap(request: WrapRequest, options: VaultCallOptions & WrapOptions): Promise<WrappedToken>;
  /** Wraps data of the caller's own: a secret of kind json, or a text, which comes back as `{ value }`. */
  wrapData(data: Secret, options: VaultCallOptions & WrapOptions): Promise<WrappedToken>;
  /** @throws UnauthenticatedError with reason `wrapping-token-used` when it cannot be opened any more */
  lookup(token: TokenInput, options?: UnwrapOptions): Promise<WrappingInfo>;
  /** Moves the content into a new token with the same life; the old one is used up. */
  rewrap(token: TokenInput, options?: UnwrapOptions): Promise<WrappedToken>;
  /**
   * Opens a token, which works once.
   * @throws UnauthenticatedError with reason `wrapping-token-used`: an alarm, as somebody else may
   * have read the secret; `wrapping-token-expired` when `expiresAt` says so; `wrapping-token-foreign`
   * when it was not made where it should have been, and then it is not used up
   */
  unwrap(token: TokenInput, options?: UnwrapOptions): Promise<Unwrapped>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    wrapping: WrappingCapability;
  }
}
