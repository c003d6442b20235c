import type { CriterionId, CriterionState } from "../criteria/ids.js";
import { type Decision, decisionFormat } from "../decide.js";
import type { NormalProfile } from "../profile/values.js";
import type { Rules } from "../rules/rules.js";
import type { Verdict } from "../verdict/verdict.js";

/** What of a decision has to be kept so that it can be checked later. */
export interface DecisionRecord {
  readonly format: typeof decisionFormat;
  readonly verdict: Verdict;
  readonly criteria: readonly { readonly id: CriterionId; readonly state: CriterionState }[];
  readonly rules: Rules;
  readonly profile: NormalProfile;
}

/** The first line of the fenced block that carries the record in a Markdown decision record. */
export const recordFence = "```json kinko-decision";

/** Takes from a decision what a later check needs. */
export function toRecord({ format, verdict, criteria, rules, profile }: Decision): DecisionRecord {
  const states = criteria.map(({ id, state }) => ({ id, state }));
  return { format, verdict, criteria: states, rules, profile };
}

/**
 * A decision as JSON, two spaces deep and ending with a line break, so that it can be committed.
 * The order of keys is fixed: the same profile and rules give the same bytes, however the profile's
 * own keys were ordered. `format` names the version of the form.
 */
export function toJson(decision: Decision): string {
  return `${JSON.stringify(decision, null, 2)}\n`;
}
