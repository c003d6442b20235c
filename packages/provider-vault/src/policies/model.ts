/** What a rule may grant. `deny` beats all others. */
export type Capability =
  | "deny"
  | "create"
  | "read"
  | "update"
  | "delete"
  | "list"
  | "sudo"
  | "patch"
  | "subscribe"
  | "recover";

/** All capabilities, `deny` first. Source: Vault 1.21, concepts/policies. */
export const capabilities: readonly Capability[] = [
  "deny",
  "create",
  "read",
  "update",
  "delete",
  "list",
  "sudo",
  "patch",
  "subscribe",
  "recover",
];

/** The form of policies before capabilities: `path "x" { policy = "read" }`. */
export type LegacyPolicy = "deny" | "read" | "write" | "sudo";

/** What each legacy policy grants. */
export const legacyCapabilities: Readonly<Record<LegacyPolicy, readonly Capability[]>> = {
  deny: ["deny"],
  read: ["read", "list"],
  write: ["create", "read", "update", "delete", "list"],
  sudo: ["create", "read", "update", "delete", "list", "sudo"],
};

/** Where something stands in a policy's text; both count from 1, columns in code points. */
export interface PolicyPosition {
  readonly line: number;
  readonly column: number;
}

/** A value that a parameter may or may not have; `*` at either end of a text is a wildcard. */
export type ParameterValue =
  | string
  | number
  | boolean
  | readonly ParameterValue[]
  | { readonly [name: string]: ParameterValue };

/** Parameter names and their values; no values means every value. The name `*` means every parameter. */
export type ParameterValues = Readonly<Record<string, readonly ParameterValue[]>>;

/** Who must approve a request before it is answered. Enterprise. */
export interface ControlGroupFactor {
  readonly name: string;
  readonly groupIds: readonly string[];
  readonly groupNames: readonly string[];
  /** At least 1. */
  readonly approvals: number;
  /** Empty: all of the rule's. MUST be among the rule's own. */
  readonly controlledCapabilities: readonly Capability[];
}

export interface ControlGroup {
  /** How long a request waits for approval, in seconds. */
  readonly ttlSeconds?: number;
  /** At least one. */
  readonly factors: readonly ControlGroupFactor[];
}

/** One path and what may be done there. */
export interface PolicyRule {
  /** Such as `secret/data/app/*`, `secret/+/app`, `secret/data/{{identity.entity.name}}`. */
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** The old `policy = "…"`; it adds to `capabilities`. */
  readonly legacyPolicy?: LegacyPolicy;
  /** The only parameters that a request may have. */
  readonly allowedParameters?: ParameterValues;
  /** Parameters that a request may not have. */
  readonly deniedParameters?: ParameterValues;
  /** Parameters that a request must have. */
  readonly requiredParameters?: readonly string[];
  /** The answer must be wrapped, for at least so long. */
  readonly minWrappingTtlSeconds?: number;
  /** The answer must be wrapped, for at most so long. */
  readonly maxWrappingTtlSeconds?: number;
  /** Names of MFA methods. Enterprise. */
  readonly mfaMethods?: readonly string[];
  readonly controlGroup?: ControlGroup;
  /** Event types that `subscribe` is for. Enterprise. */
  readonly subscribeEventTypes?: readonly string[];
  /** The attribute `comment`, which Vault takes and ignores. */
  readonly comment?: string;
  /** Comments before and in the rule, a line each, without their marks. */
  readonly comments?: readonly string[];
  /** Where the rule stands in the text that it was read from. */
  readonly position?: PolicyPosition;
}

/** An ACL policy. */
export interface PolicyDocument {
  /** The attribute `name`, which Vault takes and ignores: a policy's name is in its address. */
  readonly name?: string;
  readonly rules: readonly PolicyRule[];
  /** Comments after the last rule. */
  readonly comments?: readonly string[];
}

/** Whether this is the name of a capability. */
export function isCapability(name: string): name is Capability {
  return (capabilities as readonly string[]).includes(name);
}

/** What a rule grants, with its legacy policy: `deny` alone, or each capability once. */
export function grantedCapabilities(rule: PolicyRule): readonly Capability[] {
  const { legacyPolicy } = rule;
  const granted = new Set([
    ...rule.capabilities,
    ...(legacyPolicy === undefined ? [] : legacyCapabilities[legacyPolicy]),
  ]);
  return granted.has("deny") ? ["deny"] : [...granted];
}
