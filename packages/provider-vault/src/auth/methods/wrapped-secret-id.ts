import {
  foreignToken,
  lookupWrapped,
  openWrapped,
  usedToken,
  type OpenWrapped,
} from "../../wrapping/open.js";
import type { AuthDependencies } from "../create-auth.js";

/**
 * Takes a secret id out of its wrapping token, which works once. Before that it is checked that the
 * token wraps a secret id of this auth mount: one that somebody else made to replace it would give
 * another path, and one that was opened on its way is not valid any more.
 *
 * @throws UnauthenticatedError with reason `wrapping-token-used` or `wrapping-token-foreign`
 */
export async function unwrapSecretId(
  request: AuthDependencies["request"],
  options: { readonly token: string; readonly mount: string; readonly signal: AbortSignal },
): Promise<string> {
  const { token, mount, signal } = options;
  const title = "the secret id";
  const wrapped: OpenWrapped = {
    send: (sent) => request({ ...sent, signal, credentials: { token } }),
    token,
    title,
  };
  const lookup = await lookupWrapped(wrapped);
  const path = lookup.data?.["creation_path"];
  if (typeof path !== "string" || !isSecretIdPath(path, decodeURIComponent(mount))) {
    throw foreignToken("The wrapping token does not hold a secret id of this AppRole mount.");
  }
  const secretId = (await openWrapped(wrapped)).data?.["secret_id"];
  if (typeof secretId === "string") return secretId;
  throw usedToken(undefined, { title });
}

function isSecretIdPath(path: string, mount: string): boolean {
  const start = `auth/${mount}/role/`;
  return path.startsWith(start) && /^[^/]+\/(?:custom-)?secret-id$/u.test(path.slice(start.length));
}
