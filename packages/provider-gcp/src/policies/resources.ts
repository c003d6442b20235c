/** When a binding holds, in the Common Expression Language. */
export interface GcpCondition {
  readonly title: string;
  readonly description: string;
  readonly expression: string;
}

/** Gives a role to somebody. Source: IAM reference, Binding. */
export interface GcpBinding {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: GcpCondition;
}

/** Bindings to add to the allow policy of a resource, such as with `setIamPolicy`. */
export interface GcpResourceBindings {
  /** `projects/ID`, or a secret's name. */
  readonly resource: string;
  readonly bindings: readonly GcpBinding[];
}

/** A custom role of a project. Source: IAM reference, projects.roles. */
export interface GcpRole {
  /** `projects/ID/roles/…` */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly includedPermissions: readonly string[];
  readonly stage: "GA";
}
