import type { SecretErrorCode } from "../errors/codes.js";

interface LeaseFacts {
  /** Path that the credentials were asked for at. */
  readonly path: string;
  /** Opaque id of the lease; empty for a static role. It opens nothing by itself. */
  readonly leaseId: string;
  /** See {@link LeasedCredentials.generation}; 0 for what was left by an earlier process. */
  readonly generation: number;
}

/** What happened to a lease. No event holds a value. */
export type LeaseEvent =
  /** New credentials were handed out by the backend. */
  | (LeaseFacts & { readonly type: "issued"; readonly expiresAt: Date })
  /** The same credentials live longer. */
  | (LeaseFacts & { readonly type: "renewed"; readonly expiresAt: Date })
  /** These credentials have taken the place of those of the generation before. */
  | (LeaseFacts & { readonly type: "rotated"; readonly expiresAt: Date })
  /** Replacing them has failed. They are still valid, and it is tried again until they end. Told once. */
  | (LeaseFacts & { readonly type: "expiring"; readonly expiresAt: Date })
  /** They ended before others could be had. `code` says what stood in the way, where known. */
  | (LeaseFacts & { readonly type: "lost"; readonly code: SecretErrorCode | undefined })
  /** The backend has ended the lease. */
  | (LeaseFacts & { readonly type: "revoked" })
  /** The lease could not be ended: it lives until its expiry, and stays in the journal. */
  | (LeaseFacts & { readonly type: "revoke-failed"; readonly code: SecretErrorCode })
  /** The journal could not be written: a crash now would leave this lease until its expiry. */
  | (LeaseFacts & { readonly type: "journal-failed"; readonly code: SecretErrorCode });

/** Receives events. What it throws is ignored: it must not stop a renewal. */
export type LeaseListener = (event: LeaseEvent) => void;
