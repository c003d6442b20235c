/** Where the token comes from. One folder member per method; a method knows nothing of engines. */
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
  /** Forgets what it holds. */
  close(): void;
}
