import type { Secret } from "../secret/secret.js";

/** One set of credentials and how long it lives. All its parts belong together. */
export interface LeasedCredentials {
  /** Rises by one with each rotation; a renewal keeps it. */
  readonly generation: number;
  /** Of kind json; the manager disposes it when the generation has been retired. */
  readonly secret: Secret;
  /** Wall-clock time at which they end unless renewed. */
  readonly expiresAt: Date;
}

/** What a rotation hands to its listeners. */
export interface CredentialRotation {
  readonly current: LeasedCredentials;
  /** Still valid: its lease is revoked when all listeners are done, or the overlap is over. */
  readonly previous: LeasedCredentials;
  /** Aborts when the overlap is over: what still uses `previous` then loses it. */
  readonly signal: AbortSignal;
}

/** Credentials that stay valid as long as the handle is open: renewed, and rotated before they end. */
export interface CredentialHandle {
  /**
   * The credentials to use now, username and password of one generation. Never expired ones.
   * @throws LeaseExpiredError when they ended and no new ones could be had yet; ClosedError
   */
  current(): LeasedCredentials;
  /** Like `current`, but waits for credentials when there are none at the moment. */
  ready(options?: { readonly signal?: AbortSignal | undefined }): Promise<LeasedCredentials>;
  /**
   * Calls `listener` after every rotation. The previous lease is revoked only when the promises of
   * all listeners have settled, or the overlap is over. Returns a function that unsubscribes.
   */
  onRotate(listener: (rotation: CredentialRotation) => void | Promise<void>): () => void;
  /**
   * To be called when a server refuses the credentials of a generation: asks the backend whether they
   * still live, and has new ones issued when they do not, as after a revocation by hand. About once a
   * second at most, however many ask. Resolves when that is known; it never rejects.
   */
  recheck(generation: number): Promise<void>;
  /** Revokes what it holds. Idempotent. */
  close(): Promise<void>;
}
