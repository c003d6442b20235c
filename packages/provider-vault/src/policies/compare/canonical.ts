import type { ParameterValue, ParameterValues, PolicyDocument, PolicyRule } from "../model.js";
import { patternOf, templateParts, type PathPattern } from "../paths.js";
import { capabilitiesOf } from "../simulate/bits.js";
import { addRule, emptyRule, type MergedRule } from "../simulate/merge.js";
import { printUnchecked } from "../write/print-policy.js";
import { writeValue } from "../write/values.js";

/**
 * A policy's rules by path as HCL in one fixed form: without order, comments, formatting, and two
 * rules of one path. Equal texts are equal in meaning.
 */
export function canonicalRules(policy: PolicyDocument): ReadonlyMap<string, string> {
  const merged = new Map<string, MergedRule>();
  for (const rule of policy.rules) {
    const path = trimTemplates(rule.path);
    const pattern = patternOf(path);
    const known = merged.get(pathOf(pattern)) ?? emptyRule(pattern);
    merged.set(pathOf(pattern), known);
    addRule(known, { policy: "", rule, path });
  }
  return new Map(Array.from(merged, ([path, rule]) => [path, printUnchecked(oneRule(rule, path))]));
}

/** Whether two policies say the same, however they are written. */
export function isSamePolicy(left: PolicyDocument, right: PolicyDocument): boolean {
  const [one, other] = [canonicalRules(left), canonicalRules(right)];
  return (
    one.size === other.size && Array.from(one).every(([path, text]) => other.get(path) === text)
  );
}

function pathOf({ kind, text }: PathPattern): string {
  return kind === "prefix" ? `${text}*` : text;
}

function trimTemplates(path: string): string {
  const parts = templateParts(path) ?? [path];
  return parts.map((part, index) => (index % 2 === 0 ? part : `{{${part.trim()}}}`)).join("");
}

/** The rules of one path as one; what a deny makes idle is left out. */
function oneRule(merged: MergedRule, path: string): PolicyRule {
  if (capabilitiesOf(merged.bits).includes("deny") && merged.bits !== 0)
    return { path, capabilities: ["deny"] };
  const rules = merged.sources.map(({ rule }) => rule);
  const eventTypes = rules.flatMap(({ subscribeEventTypes = [] }) => subscribeEventTypes);
  const ttls = rules.flatMap(({ controlGroup }) => controlGroup?.ttlSeconds ?? []);
  return {
    path,
    capabilities: merged.bits === 0 ? [] : capabilitiesOf(merged.bits),
    ...(merged.allowed.size === 0 ? {} : { allowedParameters: parametersOf(merged.allowed) }),
    ...(merged.denied.size === 0 ? {} : { deniedParameters: parametersOf(merged.denied) }),
    ...(merged.required.size === 0 ? {} : { requiredParameters: sorted(merged.required) }),
    ...(merged.minWrappingTtlSeconds > 0
      ? { minWrappingTtlSeconds: merged.minWrappingTtlSeconds }
      : {}),
    ...(merged.maxWrappingTtlSeconds > 0
      ? { maxWrappingTtlSeconds: merged.maxWrappingTtlSeconds }
      : {}),
    ...(merged.mfaMethods.size === 0 ? {} : { mfaMethods: sorted(merged.mfaMethods) }),
    ...(merged.controlGroupFactors.length === 0
      ? {}
      : {
          controlGroup: {
            factors: merged.controlGroupFactors.toSorted((one, other) =>
              one.name < other.name ? -1 : 1,
            ),
            ...(ttls.length === 0 ? {} : { ttlSeconds: Math.min(...ttls) }),
          },
        }),
    ...(eventTypes.length === 0 ? {} : { subscribeEventTypes: sorted(new Set(eventTypes)) }),
  };
}

function parametersOf(values: ReadonlyMap<string, readonly ParameterValue[]>): ParameterValues {
  const entries = Array.from(values, ([name, list]): [string, readonly ParameterValue[]] => [
    name,
    uniqueValues(list),
  ]);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function uniqueValues(list: readonly ParameterValue[]): readonly ParameterValue[] {
  const byText = new Map(list.map((value) => [writeValue(value, false), value] as const));
  return sorted(byText.keys()).map((text) => byText.get(text) as ParameterValue);
}

function sorted(texts: Iterable<string>): string[] {
  return Array.from(texts).toSorted();
}
