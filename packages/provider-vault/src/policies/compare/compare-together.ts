import { covers } from "../covers.js";
import type { Capability, PolicyDocument } from "../model.js";
import { patternOf, type PathPattern } from "../paths.js";
import type { NamedPolicy } from "../simulate/compile.js";
import { compareRules } from "./compare-policies.js";
import { compareDecisions, isOpening, type DecisionChange } from "./decision-changes.js";
import { foldersOf, meet } from "./meet.js";

/** What a change opens for tokens that have another policy too, and not for those with this one alone. */
export interface JointOpening {
  /** Name of the other policy. */
  readonly with: string;
  readonly path: string;
  readonly opens: readonly Capability[];
}

/**
 * What a change lets other policies give: Vault takes the narrowest rule of all policies of a token, so
 * where one with few capabilities goes, a wider rule of another policy decides. Pairs are looked at, of
 * the changed policy and one other.
 */
export function compareTogether(
  before: PolicyDocument | undefined,
  after: PolicyDocument | undefined,
  others: readonly NamedPolicy[],
): readonly JointOpening[] {
  // Where a rule of a new policy decides, what it opens is its own, and told as such.
  if (before === undefined) return [];
  const changed = patternsOf(compareRules(before, after));
  const alone = compareDecisions(before, after).filter(isOpening);
  return others.flatMap(({ name, policy }) => {
    // A path whose decision changes is one of a changed rule: others need no comparing, which takes long.
    const near = nearTo(changed, policy);
    if (near.rules.length === 0) return [];
    const together = compareDecisions(
      union(nearTo(changed, before), near),
      union(nearTo(changed, after), near),
    );
    return together
      .filter((change) => change.opens.length > 0 && !alone.some((one) => explains(one, change)))
      .map(({ path, opens }) => ({ with: name, path, opens }));
  });
}

function patternsOf(rules: readonly { readonly path: string }[]): PathPattern[] {
  const patterns = rules.map(({ path }) => patternOf(path));
  return [...patterns, ...foldersOf(patterns)];
}

/** The rules of a policy that can decide of a path that one of these patterns is for. */
function nearTo(
  patterns: readonly PathPattern[],
  policy: PolicyDocument | undefined,
): PolicyDocument {
  const isNear = (one: PathPattern): boolean =>
    patterns.some((other) => meet(one, other) !== undefined);
  return { rules: (policy?.rules ?? []).filter((rule) => patternsOf([rule]).some(isNear)) };
}

function union(one: PolicyDocument, other: PolicyDocument): PolicyDocument {
  return { rules: [...one.rules, ...other.rules] };
}

/** Whether a change of this policy alone opens all that, there too. */
function explains(alone: DecisionChange, { path, opens }: DecisionChange): boolean {
  return (
    covers(patternOf(alone.path), patternOf(path)) &&
    opens.every((capability) => alone.opens.includes(capability))
  );
}
