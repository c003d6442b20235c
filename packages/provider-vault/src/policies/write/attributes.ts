import type { ControlGroup, ControlGroupFactor, ParameterValue, PolicyRule } from "../model.js";

/** What a rule is written from; HCL and JSON differ only in how they show these. */
export type Attribute = readonly [name: string, content: Content];
export type Content =
  | { readonly kind: "value"; readonly value: ParameterValue }
  /** A block; `quoted` names are a user's, not Vault's. */
  | { readonly kind: "block"; readonly quoted: boolean; readonly attributes: readonly Attribute[] }
  /** Blocks with a label each. */
  | { readonly kind: "labelled"; readonly blocks: readonly Attribute[] };

/** What is written of a rule; capabilities always are, without which JSON would not read back as it was. */
export function attributesOf(rule: PolicyRule): Attribute[] {
  return [
    ...written("comment", rule.comment, valueOf),
    ...written("policy", rule.legacyPolicy, valueOf),
    ["capabilities", valueOf(rule.capabilities)],
    ...written("allowed_parameters", rule.allowedParameters, parametersOf),
    ...written("denied_parameters", rule.deniedParameters, parametersOf),
    ...written("required_parameters", rule.requiredParameters, valueOf),
    ...written("min_wrapping_ttl", rule.minWrappingTtlSeconds, durationOf),
    ...written("max_wrapping_ttl", rule.maxWrappingTtlSeconds, durationOf),
    ...written("mfa_methods", rule.mfaMethods, valueOf),
    ...written("control_group", rule.controlGroup, controlGroupOf),
    ...written("subscribe_event_types", rule.subscribeEventTypes, valueOf),
  ];
}

function written<T>(
  name: string,
  value: T | undefined,
  contentOf: (value: T) => Content,
): Attribute[] {
  return value === undefined ? [] : [[name, contentOf(value)]];
}

function valueOf(value: ParameterValue): Content {
  return { kind: "value", value };
}

function parametersOf(parameters: Readonly<Record<string, ParameterValue>>): Content {
  const attributes = Object.entries(parameters).map(
    ([name, value]) => [name, valueOf(value)] as const,
  );
  return { kind: "block", quoted: true, attributes };
}

function durationOf(seconds: number): Content {
  return valueOf(Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1e9)}ns`);
}

function controlGroupOf({ ttlSeconds, factors }: ControlGroup): Content {
  return {
    kind: "block",
    quoted: false,
    attributes: [
      ...written("ttl", ttlSeconds, durationOf),
      ["factor", { kind: "labelled", blocks: factors.map(factorOf) }],
    ],
  };
}

function factorOf(factor: ControlGroupFactor): Attribute {
  const identity: Attribute[] = [
    ["group_ids", valueOf(factor.groupIds)],
    ["group_names", valueOf(factor.groupNames)],
    ["approvals", valueOf(factor.approvals)],
  ];
  const attributes: Attribute[] = [
    ["identity", { kind: "block", quoted: false, attributes: identity }],
    ["controlled_capabilities", valueOf(factor.controlledCapabilities)],
  ];
  return [factor.name, { kind: "block", quoted: false, attributes }];
}
