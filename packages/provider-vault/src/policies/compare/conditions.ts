import type { ParameterValue } from "../model.js";
import type { MergedRule } from "../simulate/merge.js";

/** What became of the conditions under which something is allowed; what is not known to be tighter counts as looser. */
export type ConditionChange = "tightened" | "loosened";

/** Compares parameters, wrapping, MFA and approvals of two rules. Undefined: they are the same. */
export function compareConditions(
  before: MergedRule,
  after: MergedRule,
): ConditionChange | undefined {
  if (fingerprint(before) === fingerprint(after)) return undefined;
  const tighter =
    isSubset(before.required, after.required) &&
    isSubset(before.mfaMethods, after.mfaMethods) &&
    isSubset(factorsOf(before), factorsOf(after)) &&
    narrowsEvents(eventTypes(before), eventTypes(after)) &&
    bindsDenied(before.denied, after.denied) &&
    (before.allowed.size === 0 || parameterText(before.allowed) === parameterText(after.allowed)) &&
    after.minWrappingTtlSeconds >= before.minWrappingTtlSeconds &&
    (before.maxWrappingTtlSeconds <= 0 ||
      (after.maxWrappingTtlSeconds > 0 &&
        after.maxWrappingTtlSeconds <= before.maxWrappingTtlSeconds));
  return tighter ? "tightened" : "loosened";
}

function fingerprint(rule: MergedRule): string {
  return JSON.stringify([
    parameterText(rule.allowed),
    parameterText(rule.denied),
    Array.from(rule.required).toSorted(),
    Array.from(rule.mfaMethods).toSorted(),
    Array.from(factorsOf(rule)).toSorted(),
    rule.minWrappingTtlSeconds,
    rule.maxWrappingTtlSeconds,
    Array.from(eventTypes(rule)).toSorted(),
  ]);
}

function eventTypes({ sources }: MergedRule): ReadonlySet<string> {
  return new Set(sources.flatMap(({ rule }) => rule.subscribeEventTypes ?? []));
}

/** Globs are compared as they are written: one that others are part of is not known to be narrowed. */
function narrowsEvents(before: ReadonlySet<string>, after: ReadonlySet<string>): boolean {
  // What a rule without types is for is Enterprise's, and not known here.
  return before.size === 0 || after.size === 0
    ? before.size === after.size
    : isSubset(after, before);
}

function factorsOf({ controlGroupFactors, sources }: MergedRule): ReadonlySet<string> {
  const ttls = sources.map(({ rule }) => rule.controlGroup?.ttlSeconds);
  return new Set(controlGroupFactors.map((factor) => JSON.stringify([factor, ttls])));
}

function parameterText(values: ReadonlyMap<string, readonly ParameterValue[]>): string {
  const entries = Array.from(values, ([name, list]) => [
    name,
    Array.from(new Set(list.map((value) => JSON.stringify(value)))).toSorted(),
  ]);
  return JSON.stringify(entries.toSorted(([one = ""], [other = ""]) => (one < other ? -1 : 1)));
}

/** Whether all that was denied still is. */
function bindsDenied(
  before: ReadonlyMap<string, readonly ParameterValue[]>,
  after: ReadonlyMap<string, readonly ParameterValue[]>,
): boolean {
  return Array.from(before).every(([name, values]) => {
    const now = after.get(name);
    if (now === undefined) return after.has("*");
    const texts = new Set(now.map((value) => JSON.stringify(value)));
    const every = now.length === 0;
    return (
      every || (values.length > 0 && values.every((value) => texts.has(JSON.stringify(value))))
    );
  });
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return Array.from(part).every((one) => whole.has(one));
}
