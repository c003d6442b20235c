import type { CallOptions } from "../provider.js";
import type { Secret } from "../secret/secret.js";

/** Which credentials to issue. */
export interface DynamicRequest {
  /**
   * Where the backend issues them, in its own words and below its own mount: with Vault's database
   * engine `database/creds/readonly`, or `database/static-creds/app` for a static role.
   */
  readonly path: string;
  /** What the engine takes with the request, such as a TTL or a list of names. Default: nothing. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

/** Credentials as a backend has just issued or renewed them. */
export interface IssuedLease {
  /** Opaque id; empty where the backend keeps no lease, as for a static role. */
  readonly id: string;
  /** The credentials, of kind json, such as `{ username, password }`. The receiver disposes it. */
  readonly secret: Secret;
  /** Seconds from now until they end. */
  readonly durationSeconds: number;
  /** Whether `renew` can be asked for; false for static roles and non-renewable leases. */
  readonly renewable: boolean;
}

/** What a renewal gave. */
export interface RenewedLease {
  readonly id: string;
  /** Seconds from now until the lease ends; near the maximum TTL it is less than was asked for. */
  readonly durationSeconds: number;
  readonly renewable: boolean;
}

/** What the backend knows of a lease. */
export interface LeaseInfo {
  readonly id: string;
  readonly issuedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly lastRenewedAt: Date | undefined;
  readonly remainingSeconds: number;
  readonly renewable: boolean;
}

/** What a lease cannot outlive, as far as it is known without a request. */
export interface LeaseBound {
  /** Seconds until it ends unless it is prolonged; zero or less when it has ended. */
  readonly remainingSeconds: number;
  /** True when it is prolonged no more, and leases made from now on do not depend on it. */
  readonly succeeded: boolean;
}

/**
 * Leases of some backends end with the login they were made under, however long they were granted
 * for. Only the provider knows which lease depends on which login.
 */
export interface LeaseBounds {
  /** Undefined when nothing bounds the lease, or it was made by somebody else. Never throws. */
  boundOf(leaseId: string): LeaseBound | undefined;
  /** Calls back when bounds may have been succeeded. Returns a function that unsubscribes. */
  onSucceeded(listener: () => void): () => void;
}

/**
 * Credentials that a backend makes for the asker and that die with their lease. Applications use
 * them through the lease manager, which renews, rotates and revokes.
 */
export interface DynamicCapability {
  /** @throws NotFoundError for an unknown role, PermissionDeniedError, UnavailableError */
  issue(request: DynamicRequest, options: CallOptions): Promise<IssuedLease>;
  /**
   * @param options.incrementSeconds wished lifetime from now on; default: what the lease was made with
   * @throws LeaseExpiredError for a lease that is unknown, revoked or over; UnsupportedError when it
   * is not renewable
   */
  renew(
    leaseId: string,
    options: CallOptions & { readonly incrementSeconds?: number | undefined },
  ): Promise<RenewedLease>;
  /** Ends a lease and the credentials with it; an unknown or ended lease is not an error. */
  revoke(leaseId: string, options: CallOptions): Promise<void>;
  /** @throws LeaseExpiredError for a lease that is unknown or over */
  lookup(leaseId: string, options: CallOptions): Promise<LeaseInfo>;
  /** Ids of the leases beneath a prefix, in pages. */
  list(prefix: string, options: CallOptions): AsyncIterable<readonly string[]>;
  /** Ends all leases beneath a prefix; whole segments, so that sibling prefixes stay untouched. */
  revokePrefix(prefix: string, options: CallOptions): Promise<void>;
  /**
   * What may end leases before their time, where there is such a thing: the lease manager then
   * replaces credentials before they end with it. Default: nothing does.
   */
  readonly bounds?: LeaseBounds | undefined;
}
