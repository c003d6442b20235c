import { compareTogether } from "../compare/compare-together.js";
import { compareRules } from "../compare/compare-policies.js";
import { compareDecisions, isOpening } from "../compare/decision-changes.js";
import { isSamePolicy } from "../compare/canonical.js";
import type { PolicyDocument } from "../model.js";
import { tryParsePolicy } from "../read/parse-policy.js";
import type { NamedPolicy } from "../simulate/compile.js";
import type { PolicyChange } from "./types.js";

/**
 * What a policy's text becomes; undefined where both texts say the same.
 * @param all policies that tokens may have, as they will be; the changed one is left out of account
 */
export function makeChange(
  name: string,
  before: string | undefined,
  after: string | undefined,
  all: readonly NamedPolicy[],
): PolicyChange | undefined {
  if (isSameText(before, after)) return undefined;
  const [old, next] = [documentOf(before), documentOf(after)];
  const decisions = compareDecisions(old, next);
  const others = all.filter((policy) => policy.name !== name);
  const together = compareTogether(old, next, others);
  // What a text that cannot be read allows is not known; compared as none, it would seem to close all.
  const unknown =
    (before !== undefined && old === undefined) || (after !== undefined && next === undefined);
  return {
    name,
    action: before === undefined ? "create" : after === undefined ? "remove" : "change",
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    rules: compareRules(old, next),
    decisions,
    together,
    // A new policy opens too: tokens, roles and groups may have its name already.
    needsConfirmation:
      after === undefined || unknown || decisions.some(isOpening) || together.length > 0,
  };
}

/** All policies of a server as they will be after some change; those that cannot be read are left out. */
export function policiesAfter(
  stored: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string | undefined>,
): readonly NamedPolicy[] {
  return Array.from(new Map([...stored, ...wanted])).flatMap(([name, text]) => {
    const policy = name === "root" ? undefined : documentOf(text);
    return policy === undefined ? [] : [{ name, policy }];
  });
}

/** Whether two policies say the same; texts that cannot be read are compared as they are. */
export function isSameText(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return one === other;
  const [left, right] = [documentOf(one), documentOf(other)];
  return left !== undefined && right !== undefined && isSamePolicy(left, right);
}

/** First what only closes, then what is new, what opens, and removals, which can lift a deny. */
export function inOrder(changes: readonly PolicyChange[]): PolicyChange[] {
  return changes.toSorted(
    (one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1),
  );
}

function rank({ action, needsConfirmation }: PolicyChange): number {
  if (action === "remove") return 3;
  if (!needsConfirmation) return 0;
  return action === "create" ? 1 : 2;
}

function documentOf(text: string | undefined): PolicyDocument | undefined {
  if (text === undefined) return undefined;
  const parsed = tryParsePolicy(text);
  return "policy" in parsed ? parsed.policy : undefined;
}
