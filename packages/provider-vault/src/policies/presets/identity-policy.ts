import type { AccessOperation } from "@kinko/core/access";
import { vaultError } from "../../errors/vault-error.js";
import type { PolicyDocument } from "../model.js";
import { checkPlace, kvRules, type KvPlace } from "./kv-rules.js";
import { checkNames, checkTemplateName } from "./names.js";

/** What of the token's identity names its folder. */
export type IdentitySubject =
  /** Vault's own id of the entity, which nobody can choose, or its name. */
  | { readonly entity: "id" | "name" }
  | { readonly entityMetadata: string }
  /** A group by its name; the rule is for its members alone. */
  | { readonly group: string; readonly value: "id" | "name" }
  | { readonly group: string; readonly groupMetadata: string };

/** Parameters of {@link identityPolicy}. */
export interface IdentityPolicyOptions extends KvPlace {
  /** Default: the entity's name. */
  readonly subject?: IdentitySubject | undefined;
  /** Where the folders are, such as `users`; may have slashes. */
  readonly folder: string;
  /** Default: get, put, delete and list. */
  readonly operations?: readonly AccessOperation[] | undefined;
}

/**
 * One policy for everybody, that gives each a folder of their own. Tokens without the identity, or
 * outside the group, get nothing by it.
 *
 * Vault puts values in as they are: an entity named `+`, or a metadata value with a slash, opens more
 * than one folder. Where others than administrators choose names or metadata, use the entity's id.
 *
 * @throws InvalidValueError for a name that is not plain, before anything is made
 * @example
 * identityPolicy({ folder: "users" }); // secret/data/users/{{identity.entity.name}}/*
 * identityPolicy({ folder: "teams", subject: { group: "payments", value: "name" } });
 */
export function identityPolicy(options: IdentityPolicyOptions): PolicyDocument {
  const { subject = { entity: "name" }, folder, operations, ...place } = options;
  const template = templateOf(subject);
  const below = `${checkNames(folder, "folder")}/{{${template}}}/*`;
  return {
    rules: kvRules(checkPlace(place), below, operations ?? ["get", "put", "delete", "list"]),
  };
}

function templateOf(subject: IdentitySubject): string {
  if ("entity" in subject) return `identity.entity.${checkField(subject.entity, "entity")}`;
  if ("entityMetadata" in subject)
    return `identity.entity.metadata.${checkTemplateName(subject.entityMetadata, "entityMetadata")}`;
  const group = `identity.groups.names.${checkTemplateName(subject.group, "group")}`;
  return "value" in subject
    ? `${group}.${checkField(subject.value, "value")}`
    : `${group}.metadata.${checkTemplateName(subject.groupMetadata, "groupMetadata")}`;
}

/** Types are not there for callers from JavaScript. */
function checkField(value: string, field: string): string {
  if (value === "id" || value === "name") return value;
  throw vaultError("InvalidValue", "An identity has no such field.", {
    reason: "invalid-name",
    field,
    advice: "Write id or name.",
  });
}
