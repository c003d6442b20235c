import { isSecretError } from "@kinko/core";
import { vaultError } from "../../errors/vault-error.js";
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
  const credentials = { token };
  const lookup = await request({
    method: "POST",
    path: "sys/wrapping/lookup",
    body: { token },
    signal,
    credentials,
  }).catch(refused);
  const path = lookup.data?.["creation_path"];
  if (typeof path !== "string" || !isSecretIdPath(path, decodeURIComponent(mount))) {
    throw vaultError(
      "Unauthenticated",
      "The wrapping token does not hold a secret id of this AppRole mount.",
      {
        reason: "wrapping-token-foreign",
        advice: "Treat it as tampered with: find out who handed it over, and create a new one.",
      },
    );
  }
  const { data } = await request({
    method: "POST",
    path: "sys/wrapping/unwrap",
    signal,
    credentials,
  }).catch(refused);
  const secretId = data?.["secret_id"];
  if (typeof secretId === "string") return secretId;
  throw used(undefined);
}

function isSecretIdPath(path: string, mount: string): boolean {
  const start = `auth/${mount}/role/`;
  return path.startsWith(start) && /^[^/]+\/(?:custom-)?secret-id$/u.test(path.slice(start.length));
}

function refused(error: unknown): never {
  const invalid =
    isSecretError(error, "InvalidValue") ||
    isSecretError(error, "PermissionDenied") ||
    isSecretError(error, "Unauthenticated");
  throw invalid ? used(error.requestId) : error;
}

function used(requestId: string | undefined): Error {
  return vaultError(
    "Unauthenticated",
    "The wrapping token of the secret id was used before, has expired, or never existed.",
    {
      reason: "wrapping-token-used",
      requestId,
      advice:
        "If this process did not use it, somebody else did: revoke the secret id, and create a new one.",
    },
  );
}
