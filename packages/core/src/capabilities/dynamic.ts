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
}
