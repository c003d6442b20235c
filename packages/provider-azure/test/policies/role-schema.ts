import * as v from "valibot";

/**
 * What Azure Resource Manager takes. Sources: REST reference, Role Definitions and Role Assignments
 * 2022-04-01; "Azure custom roles", properties and limits; "Understand scope".
 */

/** Data actions on secrets. Source: "Azure permissions for Security", Microsoft.KeyVault. */
const secretDataActions = [
  "Microsoft.KeyVault/vaults/secrets/delete",
  "Microsoft.KeyVault/vaults/secrets/backup/action",
  "Microsoft.KeyVault/vaults/secrets/purge/action",
  "Microsoft.KeyVault/vaults/secrets/update/action",
  "Microsoft.KeyVault/vaults/secrets/recover/action",
  "Microsoft.KeyVault/vaults/secrets/restore/action",
  "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  "Microsoft.KeyVault/vaults/secrets/getSecret/action",
  "Microsoft.KeyVault/vaults/secrets/setSecret/action",
];

const guidText = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const guid = v.pipe(v.string(), v.regex(new RegExp(`^${guidText}$`, "u")));
const group = String.raw`/subscriptions/[0-9a-f-]{36}/resourceGroups/[\p{L}\p{N}_().-]{1,90}`;
const vault = String.raw`${group}/providers/Microsoft\.KeyVault/vaults/[A-Za-z][A-Za-z0-9-]{2,23}`;
const scope = `${vault}(?:/secrets/[0-9A-Za-z-]{1,127})?`;

function matching(pattern: string) {
  return v.pipe(v.string(), v.regex(new RegExp(`^${pattern}$`, "u")));
}

const permissions = v.strictObject({
  // Roles for data name no action on the vault itself.
  actions: v.pipe(v.array(v.string()), v.length(0)),
  notActions: v.pipe(v.array(v.string()), v.length(0)),
  dataActions: v.pipe(v.array(v.picklist(secretDataActions)), v.minLength(1)),
  notDataActions: v.pipe(v.array(v.string()), v.length(0)),
});

const roleDefinition = v.strictObject({
  id: matching(`${group}/providers/Microsoft\\.Authorization/roleDefinitions/${guidText}`),
  name: guid,
  type: v.literal("Microsoft.Authorization/roleDefinitions"),
  properties: v.strictObject({
    roleName: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
    description: v.pipe(v.string(), v.maxLength(2_048)),
    type: v.literal("CustomRole"),
    permissions: v.pipe(v.array(permissions), v.length(1)),
    // A custom role with data actions cannot be assigned on a management group.
    assignableScopes: v.pipe(v.array(matching(group)), v.minLength(1)),
  }),
});

const roleAssignment = v.strictObject({
  id: matching(`${scope}/providers/Microsoft\\.Authorization/roleAssignments/${guidText}`),
  name: guid,
  type: v.literal("Microsoft.Authorization/roleAssignments"),
  scope: matching(scope),
  properties: v.strictObject({
    roleDefinitionId: matching(
      `${group}/providers/Microsoft\\.Authorization/roleDefinitions/${guidText}`,
    ),
    principalId: v.pipe(v.string(), v.uuid()),
    principalType: v.picklist(["ServicePrincipal", "User", "Group"]),
    description: v.pipe(v.string(), v.maxLength(1_024)),
  }),
});

/** Problems of roles and assignments; none for good ones. */
export function schemaProblems(roles: {
  readonly roleDefinitions: unknown;
  readonly roleAssignments: unknown;
}): string[] {
  const schema = v.object({
    roleDefinitions: v.array(roleDefinition),
    roleAssignments: v.array(roleAssignment),
  });
  const { issues = [] } = v.safeParse(schema, JSON.parse(JSON.stringify(roles)));
  return issues.map((issue) => `${v.getDotPath(issue) ?? ""}: ${issue.message}`);
}
