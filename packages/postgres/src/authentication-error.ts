/**
 * SQLSTATE of a refused login: `invalid_password`, which also stands for one that has expired or does
 * not exist, and `invalid_authorization_specification`
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html, class 28).
 */
const refusals = new Set(["28P01", "28000"]);

/** Whether the database refused the login, before anything could be run. */
export function isAuthenticationError(error: unknown): boolean {
  return error instanceof Error && refusals.has((error as { readonly code?: string }).code ?? "");
}
