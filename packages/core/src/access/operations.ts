/**
 * What an application may do with a secret, in Kinko's words. `patch` reads and writes; `tags` writes
 * what is known of a secret beside its value, `versions` reads it; `deleteVersion`, `undelete` and
 * `destroy` are of single versions where a backend has them; `purge` removes a secret for good; `list`
 * is of the names below a folder.
 */
export type AccessOperation =
  | "get"
  | "put"
  | "patch"
  | "delete"
  | "list"
  | "tags"
  | "versions"
  | "deleteVersion"
  | "undelete"
  | "destroy"
  | "purge";

/** All operations, in the order in which manifests are written. */
export const accessOperations: readonly AccessOperation[] = [
  "get",
  "put",
  "patch",
  "delete",
  "list",
  "tags",
  "versions",
  "deleteVersion",
  "undelete",
  "destroy",
  "purge",
];

/** Whether this is the name of an operation. */
export function isAccessOperation(name: unknown): name is AccessOperation {
  return (accessOperations as readonly unknown[]).includes(name);
}

/** Each operation once, in the order of manifests. */
export function sortOperations(operations: Iterable<AccessOperation>): readonly AccessOperation[] {
  const set = new Set(operations);
  return Object.freeze(accessOperations.filter((operation) => set.has(operation)));
}
