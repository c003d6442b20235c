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
   * Says that something which has to outlive this process, such as credentials that were handed to
   * a person, depends on the token: `close` then does not revoke it. Call the result when it no
   * longer does.
   */
  hold(): () => void;
  /**
   * Calls back when a new login has taken the place of a token that still lives: what was leased
   * under the old one ends with it. Returns a function that unsubscribes.
   */
  onSucceeded(listener: (ending: TokenEnding) => void): () => void;
  /** Forgets what it holds, and revokes the tokens of its own logins where it can. Never throws. */
  close(): Promise<void>;
}

/** A token that another one has taken the place of. */
export interface TokenEnding {
  /** How long it still lives, in seconds. */
  readonly remainingSeconds: number;
}

/** What a method without logins of its own has to say of leases and holds: nothing. */
export const withoutLogins = {
  hold: () => () => undefined,
  onSucceeded: () => () => undefined,
} as const;
