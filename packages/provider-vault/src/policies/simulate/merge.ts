import {
  grantedCapabilities,
  type ControlGroupFactor,
  type ParameterValue,
  type ParameterValues,
  type PolicyRule,
} from "../model.js";
import type { PathPattern } from "../paths.js";
import { bitsOf, capabilityBit } from "./bits.js";

/** A rule and whose it is. */
export interface RuleSource {
  /** Name of the policy. */
  readonly policy: string;
  readonly rule: PolicyRule;
  /** The rule's path with its templates filled in. */
  readonly path: string;
}

/** All rules of one path, as one: Vault adds up what they grant, and one deny takes all. */
export interface MergedRule {
  readonly pattern: PathPattern;
  readonly sources: RuleSource[];
  bits: number;
  /** Lower-case names; an empty list is every value. Empty maps bind nothing. */
  allowed: Map<string, readonly ParameterValue[]>;
  denied: Map<string, readonly ParameterValue[]>;
  required: Set<string>;
  minWrappingTtlSeconds: number;
  maxWrappingTtlSeconds: number;
  mfaMethods: Set<string>;
  controlGroupFactors: ControlGroupFactor[];
}

/** A path without rules yet. */
export function emptyRule(pattern: PathPattern): MergedRule {
  return {
    pattern,
    sources: [],
    bits: 0,
    allowed: new Map(),
    denied: new Map(),
    required: new Set(),
    minWrappingTtlSeconds: 0,
    maxWrappingTtlSeconds: 0,
    mfaMethods: new Set(),
    controlGroupFactors: [],
  };
}

/** Adds a rule to the others of its path. */
export function addRule(merged: MergedRule, source: RuleSource): void {
  const { rule } = source;
  merged.sources.push(source);
  if ((merged.bits & capabilityBit.deny) !== 0) return;
  const bits = bitsOf(grantedCapabilities(rule));
  if ((bits & capabilityBit.deny) !== 0) {
    merged.bits = capabilityBit.deny;
    return;
  }
  merged.bits |= bits;
  addParameters(merged.allowed, rule.allowedParameters);
  addParameters(merged.denied, rule.deniedParameters);
  for (const name of rule.requiredParameters ?? []) merged.required.add(name.toLowerCase());
  // Of two bounds Vault takes the lesser, of the greatest and of the least TTL alike.
  merged.minWrappingTtlSeconds = lesser(merged.minWrappingTtlSeconds, rule.minWrappingTtlSeconds);
  merged.maxWrappingTtlSeconds = lesser(merged.maxWrappingTtlSeconds, rule.maxWrappingTtlSeconds);
  for (const method of rule.mfaMethods ?? []) merged.mfaMethods.add(method);
  merged.controlGroupFactors.push(...(rule.controlGroup?.factors ?? []));
}

function lesser(known: number, added = 0): number {
  if (added <= 0) return known;
  return known === 0 ? added : Math.min(known, added);
}

function addParameters(
  known: Map<string, readonly ParameterValue[]>,
  added: ParameterValues = {},
): void {
  // Of one rule's names that differ in case alone, Vault keeps any one; here it is the last.
  const lower = new Map(
    Object.entries(added).map(([name, values]) => [name.toLowerCase(), values] as const),
  );
  for (const [name, values] of lower) {
    const before = known.get(name);
    const every = values.length === 0 || before?.length === 0;
    known.set(name, every ? [] : [...values, ...(before ?? [])]);
  }
}
