import type { AccessOperation } from "@kinko/core/access";

/** Permissions of each operation, below `secretmanager.`. Source: IAM, Secret Manager permissions. */
export const permissions: Readonly<Partial<Record<AccessOperation, readonly string[]>>> = {
  get: ["versions.access"],
  put: ["versions.add"],
  patch: ["versions.access", "versions.add"],
  list: ["secrets.list"],
  tags: ["secrets.get", "secrets.update"],
  versions: ["secrets.get", "versions.list"],
  destroy: ["versions.destroy"],
  purge: ["secrets.delete"],
};

/** What makes a secret that does not exist. */
export const creation: readonly string[] = ["secrets.create"];

/**
 * Google's own roles that have just these permissions of Secret Manager. What else they have is of
 * projects, which neither a binding on a secret nor one with a condition on its name gives.
 */
const ownRoles: Readonly<Record<string, string>> = {
  "versions.access": "roles/secretmanager.secretAccessor",
  "versions.add": "roles/secretmanager.secretVersionAdder",
};

/** Google's own role for a sorted set of permissions, if there is one. */
export function ownRole(sorted: readonly string[]): string | undefined {
  const key = sorted.join(" ");
  return Object.hasOwn(ownRoles, key) ? ownRoles[key] : undefined;
}
