import {
  adoptCriterionIds,
  avoidCriterionIds,
  type CriterionId,
  type CriterionState,
  type CriterionStates,
} from "../criteria/ids.js";
import type { Rules } from "../rules/rules.js";

/** What a team is told. */
export type Verdict = "adopt" | "avoid" | "contested" | "insufficient-data";

/** A verdict on a profile without unknown answers. */
export type SettledVerdict = Exclude<Verdict, "insufficient-data">;

/** The clause of the rule that gave a settled verdict. */
export type Clause = "nothing-asks" | "unopposed" | "adopt-leads" | "avoid-leads" | "no-side-leads";

/** One application of the rule to two sums. */
export interface Reckoning {
  /** Sum of the weights of the adopt criteria that count as met. */
  readonly adopt: number;
  /** Sum of the weights of the avoid criteria that count as met. */
  readonly avoid: number;
  readonly verdict: SettledVerdict;
  readonly clause: Clause;
}

/** The whole arithmetic behind a verdict; nothing else enters it. */
export interface Arithmetic {
  readonly margin: number;
  /** Unknown answers count for neither side. */
  readonly asKnown: Reckoning;
  /** Every unknown answer turns out against Vault. */
  readonly worstCase: Reckoning;
  /** Every unknown answer turns out for Vault. */
  readonly bestCase: Reckoning;
}

/** A verdict with the arithmetic that led to it. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Whether no answer to what is still unknown could change the verdict. */
  readonly firm: boolean;
  readonly arithmetic: Arithmetic;
}

/**
 * The order in which verdicts are "nearer to adopt": avoid 0, contested and insufficient-data 1,
 * adopt 2. The monotonicity that {@link judge} guarantees is stated in this order.
 */
export function rankOf(verdict: Verdict): 0 | 1 | 2 {
  if (verdict === "adopt") return 2;
  return verdict === "avoid" ? 0 : 1;
}

/** Applies the rule to two sums. `margin` is at least 1. */
export function reckon(adopt: number, avoid: number, margin: number): Reckoning {
  const result = (verdict: SettledVerdict, clause: Clause): Reckoning => ({
    adopt,
    avoid,
    verdict,
    clause,
  });
  if (adopt === 0) return result("avoid", "nothing-asks");
  if (avoid === 0) return result("adopt", "unopposed");
  if (adopt - avoid >= margin) return result("adopt", "adopt-leads");
  if (avoid - adopt >= margin) return result("avoid", "avoid-leads");
  return result("contested", "no-side-leads");
}

function weigh(
  ids: readonly CriterionId[],
  states: CriterionStates,
  rules: Rules,
  counted: readonly CriterionState[],
): number {
  let sum = 0;
  for (const id of ids) if (counted.includes(states[id])) sum += rules.weights[id];
  return sum;
}

/**
 * Reaches the verdict from the criteria's states.
 *
 * Let A be the weights of the met adopt criteria added up, V those of the met avoid criteria. For
 * given A and V:
 * 1. A is 0: avoid, nothing asks for Vault.
 * 2. V is 0: adopt, something asks for it and nothing speaks against it.
 * 3. A leads V by the margin or more: adopt.
 * 4. V leads A by the margin or more: avoid.
 * 5. Otherwise: contested.
 *
 * Unknown criteria make a worst case (adopt ones unmet, avoid ones met) and a best case (the
 * reverse). If the worst case is avoid and the best case is adopt, the answers at hand settle
 * nothing: insufficient-data. Otherwise the verdict is the rule applied to what is known, where an
 * unknown criterion counts for neither side. The verdict is firm when worst and best case agree.
 *
 * Guaranteed, by {@link rankOf}: an adopt criterion that becomes met never lowers the verdict, an
 * avoid criterion that becomes met never raises it; a firm verdict survives every completion; adopt
 * never becomes avoid, nor avoid adopt, by answering what is unknown. Weights are whole numbers, so
 * the sums are exact.
 */
export function judge(states: CriterionStates, rules: Rules): Judgement {
  const { margin } = rules;
  const known: readonly CriterionState[] = ["met"];
  const open: readonly CriterionState[] = ["met", "unknown"];
  const adoptMet = weigh(adoptCriterionIds, states, rules, known);
  const adoptOpen = weigh(adoptCriterionIds, states, rules, open);
  const avoidMet = weigh(avoidCriterionIds, states, rules, known);
  const avoidOpen = weigh(avoidCriterionIds, states, rules, open);
  const asKnown = reckon(adoptMet, avoidMet, margin);
  const worstCase = reckon(adoptMet, avoidOpen, margin);
  const bestCase = reckon(adoptOpen, avoidMet, margin);
  const settlesNothing = worstCase.verdict === "avoid" && bestCase.verdict === "adopt";
  return {
    verdict: settlesNothing ? "insufficient-data" : asKnown.verdict,
    firm: worstCase.verdict === bestCase.verdict,
    arithmetic: { margin, asKnown, worstCase, bestCase },
  };
}
