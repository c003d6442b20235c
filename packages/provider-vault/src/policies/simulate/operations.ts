import type { Capability } from "../model.js";

/** What a request does. `create` or `update`: whether there is something at the path before. */
export type PolicyOperation =
  | "create"
  | "read"
  | "update"
  | "delete"
  | "list"
  | "patch"
  | "recover"
  | "revoke"
  | "renew"
  | "rollback"
  | "help";

/** All operations. */
export const operations: readonly PolicyOperation[] = [
  "create",
  "read",
  "update",
  "delete",
  "list",
  "patch",
  "recover",
  "revoke",
  "renew",
  "rollback",
  "help",
];

/** The capability that each operation needs; `help` needs none. */
export const neededCapability: Readonly<Record<Exclude<PolicyOperation, "help">, Capability>> = {
  create: "create",
  read: "read",
  update: "update",
  delete: "delete",
  list: "list",
  patch: "patch",
  recover: "recover",
  revoke: "update",
  renew: "update",
  rollback: "update",
};

/** Operations whose parameters Vault compares with the rule's. */
export const checksParameters: ReadonlySet<PolicyOperation> = new Set([
  "create",
  "read",
  "update",
  "patch",
  "recover",
]);
