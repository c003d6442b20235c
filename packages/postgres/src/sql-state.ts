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

/** `insufficient_privilege`: what a login meets that was deleted while it was connected. */
export function isRefusedPrivilege(error: unknown): boolean {
  return codeOf(error) === "42501";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
