/**
 * A server that is not to be had on this machine: not running, not installed and not to be built.
 * The message says what to install. A test run shows it as "could not run", and as a failure when
 * `CI` is set.
 */
export class ServerUnavailableError extends Error {
  override readonly name = "ServerUnavailableError";
}

/**
 * A server that is there and did not start, did not answer in time or refused an administrative
 * call. The message ends with the last lines of the server's log where there is one, with the tokens
 * and keys that the server printed taken out.
 */
export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
}
