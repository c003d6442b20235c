import { compareRules } from "../compare/compare-policies.js";
import { compareDecisions, isOpening } from "../compare/decision-changes.js";
import { isSamePolicy } from "../compare/canonical.js";
import type { PolicyDocument } from "../model.js";
import { tryParsePolicy } from "../read/parse-policy.js";
import type { PolicyChange } from "./types.js";

/** What a policy's text becomes; undefined where both texts say the same. */
export function makeChange(
  name: string,
  before: string | undefined,
  after: string | undefined,
): PolicyChange | undefined {
  if (isSameText(before, after)) return undefined;
  const [old, next] = [documentOf(before), documentOf(after)];
  const decisions = compareDecisions(old, next);
  // What the server's text allows is not known where it cannot be read.
  const unknown = before !== undefined && old === undefined;
  return {
    name,
    action: before === undefined ? "create" : after === undefined ? "remove" : "change",
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    rules: compareRules(old, next),
    decisions,
    needsConfirmation:
      before !== undefined && (after === undefined || unknown || decisions.some(isOpening)),
  };
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
  if (action === "create") return 1;
  if (action === "remove") return 3;
  return needsConfirmation ? 2 : 0;
}

function documentOf(text: string | undefined): PolicyDocument | undefined {
  if (text === undefined) return undefined;
  const parsed = tryParsePolicy(text);
  return "policy" in parsed ? parsed.policy : undefined;
}
