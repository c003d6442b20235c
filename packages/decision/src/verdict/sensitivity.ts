import { criterionIds, type CriterionStates, sideOf } from "../criteria/ids.js";
import {
  type CriterionAnswer,
  criterionAnswers,
  type ResolvedAnswers,
} from "../criteria/resolve.js";
import type { Rules } from "../rules/rules.js";
import { type AnswerOutcome, outcomesOf } from "./outcomes.js";
import { judge, rankOf, type Verdict } from "./verdict.js";

/** An unknown answer that was given a supposed outcome. */
export interface Supposition {
  readonly answer: CriterionAnswer;
  readonly outcome: string;
}

/** A verdict that one supposition, or several together, would lead to. */
export interface Flip {
  readonly suppose: readonly Supposition[];
  readonly verdict: Verdict;
}

/** What the unknown answers could do to the verdict. */
export interface Sensitivity {
  /** Whether no answers whatever to the unknown ones could change the verdict. */
  readonly firm: boolean;
  /** The unknown answers that the criteria look at. */
  readonly unknown: readonly CriterionAnswer[];
  /** Each single answer that would change the verdict by itself, and to what. */
  readonly single: readonly Flip[];
  /** The unknown answers that cannot change the verdict by themselves, whatever they turn out to be. */
  readonly cannotFlipAlone: readonly CriterionAnswer[];
  /**
   * Changes that no single answer brings about: for each direction (nearer to adopt, nearer to
   * avoid) one smallest set of answers that would, when only several together can.
   */
  readonly combinations: readonly Flip[];
}

function suppose(states: CriterionStates, outcomes: readonly AnswerOutcome[]): CriterionStates {
  return Object.assign({}, states, ...outcomes.map((outcome) => outcome.states)) as CriterionStates;
}

function flipOf(outcomes: readonly AnswerOutcome[], verdict: Verdict): Flip {
  return {
    suppose: outcomes.map(({ answer, label }) => ({ answer, outcome: label })),
    verdict,
  };
}

/** Every subset of `items` with exactly `size` members, in order, one at a time. */
function* subsets<Item>(items: readonly Item[], size: number, from = 0): Generator<Item[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = from; index <= items.length - size; index += 1) {
    const first = items[index] as Item;
    for (const rest of subsets(items, size - 1, index + 1)) yield [first, ...rest];
  }
}

/**
 * Finds one smallest set of outcomes that moves the verdict in a direction.
 *
 * Only each answer's extreme outcome is tried: the verdict is monotone, so where any outcome gets
 * there the extreme one does as well. At most 2^10 sets exist.
 */
function smallestMove(
  states: CriterionStates,
  rules: Rules,
  extremes: readonly AnswerOutcome[],
  moved: (rank: number) => boolean,
): Flip | undefined {
  const furthest = judge(suppose(states, extremes), rules).verdict;
  if (!moved(rankOf(furthest))) return undefined;
  for (let size = 1; size <= extremes.length; size += 1) {
    for (const chosen of subsets(extremes, size)) {
      const { verdict } = judge(suppose(states, chosen), rules);
      if (moved(rankOf(verdict))) return flipOf(chosen, verdict);
    }
  }
  return undefined;
}

/** How far an outcome speaks for Vault: met adopt criteria less met avoid criteria. */
function leaning(outcome: AnswerOutcome): number {
  let sum = 0;
  for (const id of criterionIds) {
    if (outcome.states[id] === "met") sum += sideOf(id) === "adopt" ? 1 : -1;
  }
  return sum;
}

function extremesOf(
  outcomes: readonly (readonly AnswerOutcome[])[],
  towards: "adopt" | "avoid",
): AnswerOutcome[] {
  return outcomes.flatMap((choices) => {
    const sorted = choices.toSorted((left, right) => leaning(left) - leaning(right));
    const extreme = towards === "adopt" ? sorted.at(-1) : sorted[0];
    return extreme === undefined ? [] : [extreme];
  });
}

/** Works out which unknown answers would change the verdict, alone and together. */
export function sensitivityOf(
  answers: ResolvedAnswers,
  states: CriterionStates,
  rules: Rules,
): Sensitivity {
  const { verdict, firm } = judge(states, rules);
  const unknown = criterionAnswers.filter((answer) => answers[answer].value === null);
  const outcomes = unknown.map((answer) => outcomesOf(answer, rules));
  const single: Flip[] = [];
  for (const outcome of outcomes.flat()) {
    const supposed = judge(suppose(states, [outcome]), rules).verdict;
    if (supposed !== verdict) single.push(flipOf([outcome], supposed));
  }
  const flipping = new Set(single.map((flip) => flip.suppose[0]?.answer));
  const rank = rankOf(verdict);
  const up = smallestMove(states, rules, extremesOf(outcomes, "adopt"), (to) => to > rank);
  const down = smallestMove(states, rules, extremesOf(outcomes, "avoid"), (to) => to < rank);
  return {
    firm,
    unknown,
    single,
    cannotFlipAlone: unknown.filter((answer) => !flipping.has(answer)),
    combinations: [up, down].filter(
      (flip): flip is Flip => flip !== undefined && flip.suppose.length > 1,
    ),
  };
}
