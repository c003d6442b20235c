import { segmentProblem } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import { encodePath } from "../names.js";

/** Engines that hand out no leases, and whose paths do other things. */
const notEngines: ReadonlySet<string> = new Set(["sys", "auth", "identity", "cubbyhole"]);

/**
 * The encoded path at which credentials are asked for.
 * @throws InvalidRefError, before any request
 */
export function encodeIssuePath(path: string): string {
  const segments = segmentsOf(path);
  if (segments.length < 2 || notEngines.has(segments[0] ?? "")) throw badPath("path");
  return encodePath(segments);
}

/** The encoded prefix of leases. @throws InvalidRefError, before any request */
export function encodeLeasePrefix(prefix: string): string {
  return encodePath(segmentsOf(prefix.replace(/\/$/u, ""), "prefix"));
}

/** @throws InvalidRefError for what cannot be the id of a lease */
export function checkLeaseId(leaseId: string): string {
  if (typeof leaseId === "string" && /^[^\p{C}\s]{1,1024}$/u.test(leaseId)) return leaseId;
  throw vaultError("InvalidRef", "This is not the id of a lease.", {
    reason: "invalid-lease-id",
    field: "leaseId",
    advice: "Use the id that came with the credentials.",
  });
}

function segmentsOf(path: string, field = "path"): string[] {
  const segments = typeof path === "string" ? path.split("/") : [];
  if (segments.length === 0 || segments.some((part) => segmentProblem(part) !== undefined)) {
    throw badPath(field);
  }
  return segments;
}

function badPath(field: string): Error {
  return vaultError("InvalidRef", "This is not a path at which an engine issues credentials.", {
    reason: "invalid-path",
    field,
    advice: "Write it with its mount, such as database/creds/readonly.",
  });
}
