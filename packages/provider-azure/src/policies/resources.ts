/** A custom role as Azure Resource Manager takes it. Source: REST reference, Role Definitions 2022-04-01. */
export interface AzureRoleDefinition {
  readonly id: string;
  /** A GUID, always the same for one resource group and set of rights. */
  readonly name: string;
  readonly type: "Microsoft.Authorization/roleDefinitions";
  readonly properties: {
    readonly roleName: string;
    readonly description: string;
    readonly type: "CustomRole";
    readonly permissions: readonly [
      {
        readonly actions: readonly string[];
        readonly notActions: readonly string[];
        readonly dataActions: readonly string[];
        readonly notDataActions: readonly string[];
      },
    ];
    readonly assignableScopes: readonly string[];
  };
}

/** Gives a role to an identity. Source: REST reference, Role Assignments 2022-04-01. */
export interface AzureRoleAssignment {
  /** Ends in the scope's assignment of `name`; where to PUT it. */
  readonly id: string;
  /** A GUID, always the same for one scope, role and identity, so that a second PUT changes nothing. */
  readonly name: string;
  readonly type: "Microsoft.Authorization/roleAssignments";
  readonly scope: string;
  readonly properties: {
    readonly roleDefinitionId: string;
    readonly principalId: string;
    readonly principalType: "ServicePrincipal" | "User" | "Group";
    readonly description: string;
  };
}
