import type { Clock } from "../../runtime/clock.js";
import type {
  CredentialHandle,
  CredentialRotation,
  LeasedCredentials,
} from "../credential-handle.js";

/** How a client is made anew with each generation of credentials. */
export interface RotateClientOptions<Client> {
  /** Whose credentials the client uses. It stays the caller's: closing the client leaves it open. */
  readonly handle: CredentialHandle;
  /**
   * Makes a client. It SHOULD prove that the credentials work, by connecting: at a rotation the old
   * client serves until this has resolved, and a failure is tried again while the overlap lasts. It
   * MUST settle once `signal` aborts.
   */
  open(
    credentials: LeasedCredentials,
    options: { readonly signal: AbortSignal },
  ): Client | Promise<Client>;
  /** Called once when a newer client has taken over, with uses of this one still going on. */
  retire?(client: Client): void;
  /**
   * Ends a client that nobody uses any more. `forced`: it is still in use, and its time is over. Its
   * credentials are revoked when this has settled.
   */
  close(client: Client, options: { readonly forced: boolean }): void | Promise<void>;
  /**
   * Longest time in milliseconds that uses of a replaced client go on. The overlap of the lease
   * manager and the end of the credentials bound it too. Default 60,000. Where connections outlive
   * their credentials, it bounds `close` only.
   */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * Whether what is connected with the previous credentials may go on although these have ended: its
   * uses are not cut, and it serves while no client can be opened with the new ones. Default: when both have the same `username`, as with a static role, of which only the password
   * changes.
   */
  readonly outlives?:
    | ((rotation: Pick<CredentialRotation, "previous" | "current">) => boolean)
    | undefined;
  readonly onEvent?: ((event: RotatingClientEvent) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** What happened to the client of a generation. */
export type RotatingClientEvent =
  | { readonly type: "opened"; readonly generation: number }
  /** A rotation could not go ahead; it is tried again. */
  | { readonly type: "open-failed"; readonly generation: number }
  /** `cutUses`: how many were still going on when its time was over. */
  | { readonly type: "closed"; readonly generation: number; readonly cutUses: number };

/** A client in use. */
export interface ClientUse<Client> {
  readonly client: Client;
  readonly generation: number;
  /** Whether a newer client has taken over since. */
  readonly superseded: boolean;
  /** Aborts when the client is closed under its users. */
  readonly signal: AbortSignal;
  /** MUST be called, once the client is no longer used. Idempotent. */
  readonly release: () => void;
}

/** One client at a time, made of the newest credentials that were seen to work. */
export interface RotatingClient<Client> {
  /**
   * Runs `work` with the client, which is not closed before it has settled.
   * @throws ClosedError, what `open` throws, and what `work` throws
   */
  use<Result>(
    work: (client: Client, options: { readonly signal: AbortSignal }) => Result | Promise<Result>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Result>;
  /** Like `use`, for uses that do not fit into a function. @throws ClosedError, what `open` throws */
  acquire(options?: { readonly signal?: AbortSignal | undefined }): Promise<ClientUse<Client>>;
  /** Generation that serves; undefined before the first use, and when its time is over. */
  readonly generation: number | undefined;
  /** Waits for uses, up to `drainTimeoutMs`, and closes all clients. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
