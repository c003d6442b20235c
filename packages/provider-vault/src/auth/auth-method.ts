import type { TokenHold } from "./token-holds.js";

/** Where the token comes from. One file of `methods` per method; a method knows nothing of engines. */
export interface AuthMethod {
  /**
   * The token to send, logging in where that is needed.
   * @throws UnauthenticatedError when there is none
   */
  token(signal: AbortSignal): Promise<string>;
  /**
   * Told that Vault no longer accepts `token`: whether there is, or could be got, another one.
   * @throws what a new login throws
   */
  replace(token: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Says that something, such as credentials that were handed to a person, was made with `token` and
   * dies with it: `close` does not revoke the token before the hold is released.
   */
  hold(token: string): TokenHold;
  /**
   * Calls back when a new login takes the place of a token: what was leased under the old one ends
   * with it, or has. Returns a function that unsubscribes.
   */
  onSucceeded(listener: (ending: TokenEnding) => void): () => void;
  /** Forgets what it holds, and revokes the tokens of its own logins where it can. Never throws. */
  close(): Promise<void>;
}

/** A token that another one has taken the place of. */
export interface TokenEnding {
  /** How long it still lives, in seconds; 0 when Vault no longer accepts it. */
  readonly remainingSeconds: number;
}

/** Nothing here revokes the token, and nothing here knows when it ends. */
export const unbounded: TokenHold = {
  remainingSeconds: () => Number.POSITIVE_INFINITY,
  isSucceeded: () => false,
  endsAt: () => undefined,
  release: () => undefined,
};

/** What a method without logins of its own has to say of leases and holds: nothing. */
export const withoutLogins = {
  hold: (): TokenHold => unbounded,
  onSucceeded: () => () => undefined,
} as const;
