// Codes of https://www.postgresql.org/docs/current/errcodes-appendix.html

/**
 * `invalid_password`, which also stands for a login that has expired or does not exist, and
 * `invalid_authorization_specification`.
 */
const refusedLogin = new Set<unknown>(["28P01", "28000"]);

/** Whether the database refused a login, before anything could be run. */
export function isRefusedLogin(error: unknown): boolean {
  return refusedLogin.has(codeOf(error));
}

/**
 * What a login meets that was deleted while it was connected: `insufficient_privilege`, and
 * `undefined_object` where PostgreSQL looks for its name (`SELECT session_user`).
 */
const goneLogin = new Set<unknown>(["42501", "42704"]);

/** Whether a query failed as one does whose login is gone. An ordinary query can fail so, too. */
export function mayBeGoneLogin(error: unknown): boolean {
  return goneLogin.has(codeOf(error));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
