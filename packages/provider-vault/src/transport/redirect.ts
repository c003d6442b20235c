import type { IncomingHttpHeaders } from "node:http";
import { vaultError } from "../errors/vault-error.js";

/**
 * Where a standby node sends the request: scheme, host and port of the active one. Undefined when
 * the answer is no redirect.
 *
 * Only the origin is taken, never the path, so that no answer can lead the token and the body to
 * another endpoint; and https is never left for http.
 */
export function standbyOrigin(
  response: { readonly status: number; readonly headers: IncomingHttpHeaders },
  from: URL,
): URL | undefined {
  if (response.status < 300 || response.status > 399) return undefined;
  const { location } = response.headers;
  // Vault itself only sends 307; the others may turn a write into a read.
  const preservesMethod = response.status === 307 || response.status === 308;
  if (!preservesMethod || location === undefined || !URL.canParse(location, from.href)) {
    throw unexpected("Something at Vault's address redirects in a way that Vault does not.");
  }
  const target = new URL(location, from);
  if (target.username !== "" || target.password !== "") {
    throw unexpected("Vault's address redirects to an address with credentials in it.");
  }
  if (target.protocol !== "https:" && target.protocol !== from.protocol) {
    throw unexpected("Vault's address redirects from https to a connection without encryption.");
  }
  return new URL(target.origin);
}

function unexpected(what: string): Error {
  return vaultError("Unavailable", what, {
    reason: "unexpected-redirect",
    retryable: false,
    advice: "Check the address, and api_addr in the configuration of Vault's nodes.",
  });
}
