import { segmentProblem } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import { encodePath } from "../names.js";

/** Longest name of a role, user or entity here; Vault says nothing of one, its URLs do. */
const maxNameLength = 200;

/**
 * A name as one encoded segment of a path.
 * @param field the argument that it is, such as `role`
 * @throws InvalidRefError before any request
 */
export function encodeName(name: string, field: string): string {
  const good =
    typeof name === "string" && name.length <= maxNameLength && segmentProblem(name) === undefined;
  // Vault's storage keeps names as keys, where two dots are refused with status 500.
  if (good && !name.includes("/") && !name.includes("..")) return encodePath([name]);
  throw vaultError("InvalidRef", `This is not a name that a ${field} can have.`, {
    reason: "invalid-name",
    field,
    advice: "Use letters, digits, dots, dashes and underscores, at most 200 characters.",
  });
}

/**
 * A path of several segments, such as that of a mount, encoded, without slashes at its ends.
 * @throws InvalidRefError before any request
 */
export function encodeEnginePath(path: string, field: string): string {
  const segments = typeof path === "string" ? path.replace(/^\/+|\/+$/gu, "").split("/") : [];
  const bad = segments.some(
    (segment) => segmentProblem(segment) !== undefined || segment.includes(".."),
  );
  if (segments.length > 0 && !bad) return encodePath(segments);
  throw vaultError("InvalidRef", `The ${field} is not a path.`, {
    reason: "invalid-path",
    field,
    advice: "Write it as secret or team/kv.",
  });
}
