import { formatPath } from "@kinko/core";
import type { AccessGrant, AccessManifest, AccessOperation, WiderAccess } from "@kinko/core/access";
import { azureError } from "../errors/azure-error.js";
import { checkPlace, type AzurePlace, type AzureRolesOptions } from "./options.js";
import type { AzureRoleAssignment, AzureRoleDefinition } from "./resources.js";
import { stableGuid } from "./stable-guid.js";

/** Custom roles and who has them, and what is given beyond what was asked because Azure cannot give less. */
export interface AzureRoles {
  /** One for each set of rights; applications of a resource group share them. */
  readonly roleDefinitions: readonly AzureRoleDefinition[];
  readonly roleAssignments: readonly AzureRoleAssignment[];
  readonly wider: readonly WiderAccess[];
}

/**
 * Data actions of each operation, below `Microsoft.KeyVault/vaults/secrets/`. Source: Azure permissions
 * for Security, Microsoft.KeyVault. Tags are written with the value.
 */
const dataActions: Readonly<Partial<Record<AccessOperation, readonly string[]>>> = {
  get: ["getSecret/action"],
  put: ["setSecret/action"],
  patch: ["getSecret/action", "setSecret/action"],
  delete: ["delete"],
  list: ["readMetadata/action"],
  tags: ["setSecret/action"],
  versions: ["readMetadata/action"],
  undelete: ["recover/action"],
  purge: ["delete", "purge/action"],
};

/**
 * The least custom roles with which an application does what its manifest says, assigned on single
 * secrets under the names that the provider gives them. The roles of Azure itself give more: whoever may
 * read values with them may also list all names of where they are assigned.
 *
 * `list` is on the whole vault, since Key Vault knows no narrower way, and `tags` without `put` writes
 * values all the same; both are told in `wider`.
 *
 * @throws ConfigError, InvalidRefError; UnsupportedError for operations on single versions, and for a
 * folder's values unless `folders` is `vault`
 */
export function azureRolesFor(manifest: AccessManifest, options: AzureRolesOptions): AzureRoles {
  const place = checkPlace(options);
  const scopes = new Map<string, Set<string>>();
  const wider: WiderAccess[] = [];
  for (const grant of manifest.grants)
    for (const operation of grant.operations) {
      const scope = scopeOf(grant, operation, place);
      const known = scopes.get(scope) ?? new Set();
      for (const action of actionsOf(grant, operation)) known.add(action);
      scopes.set(scope, known);
      if (grant.kind === "folder") wider.push(widerOf(grant, operation, scope));
      if (operation === "tags" && !writesValues(grant)) wider.push(widerTags(grant, scope));
    }
  const roles = new Map<string, AzureRoleDefinition>();
  const roleAssignments = [...scopes].map(([scope, actions]) => {
    const role = roleOf([...actions].toSorted(), place);
    roles.set(role.name, role);
    return assignmentOf(scope, role, place, manifest.application);
  });
  return { roleDefinitions: [...roles.values()], roleAssignments, wider };
}

function actionsOf(grant: AccessGrant, operation: AccessOperation): readonly string[] {
  const actions = dataActions[operation];
  if (actions !== undefined) return actions;
  throw azureError("Unsupported", "Key Vault deletes whole secrets only.", {
    reason: "no-single-versions",
    field: formatPath(grant.path),
    advice: "Take deleteVersion and destroy out of the manifest for Azure.",
  });
}

function scopeOf(grant: AccessGrant, operation: AccessOperation, place: AzurePlace): string {
  if (grant.kind === "secret") return `${place.vault}/secrets/${place.names.encode(grant.path)}`;
  if (operation === "list" || place.folders === "vault") return place.vault;
  throw azureError("Unsupported", "Key Vault gives rights on single secrets, not on folders.", {
    reason: "folder-not-expressible",
    field: formatPath(grant.path),
    advice: 'Name the secrets, or give the whole vault with folders: "vault".',
  });
}

function widerOf(grant: AccessGrant, operation: AccessOperation, scope: string): WiderAccess {
  const why =
    operation === "list"
      ? "Names and tags of all secrets of the vault can be listed."
      : "The right is on all secrets of the vault, not only on the folder's.";
  return { grant, operation, scope, why };
}

/** Whether a grant lets values be written anyhow. */
function writesValues({ operations }: AccessGrant): boolean {
  return operations.includes("put") || operations.includes("patch");
}

function widerTags(grant: AccessGrant, scope: string): WiderAccess {
  const why =
    "Values can be written too, and with them expiry dates: tags have no right of their own.";
  return { grant, operation: "tags", scope, why };
}

function roleOf(actions: readonly string[], place: AzurePlace): AzureRoleDefinition {
  const { resourceGroup } = place;
  const name = stableGuid(`${resourceGroup.toLowerCase()} ${actions.join(" ")}`);
  const words = actions.map((action) => action.replace("/action", "")).join(", ");
  return {
    id: `${resourceGroup}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
    name,
    type: "Microsoft.Authorization/roleDefinitions",
    properties: {
      // Names of roles are unique in a tenant.
      roleName: `Kinko secrets: ${words} (${name.slice(0, 8)})`,
      description: `Of secrets of a key vault: ${words}. Generated by Kinko.`,
      type: "CustomRole",
      permissions: [
        {
          actions: [],
          notActions: [],
          dataActions: actions.map((action) => `Microsoft.KeyVault/vaults/secrets/${action}`),
          notDataActions: [],
        },
      ],
      assignableScopes: [resourceGroup],
    },
  };
}

function assignmentOf(
  scope: string,
  role: AzureRoleDefinition,
  { principalId, principalType }: AzurePlace,
  application: string,
): AzureRoleAssignment {
  const name = stableGuid(`${scope.toLowerCase()} ${role.name} ${principalId}`);
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    type: "Microsoft.Authorization/roleAssignments",
    scope,
    properties: {
      roleDefinitionId: role.id,
      principalId,
      principalType,
      description: `${application}, generated by Kinko`,
    },
  };
}
