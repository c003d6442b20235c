import type { Rules } from "../rules/rules.js";
import { type CriterionDefinition, type Comparison, criterionDefinitions } from "./definitions.js";
import {
  type CriterionId,
  criterionIds,
  type CriterionSide,
  type CriterionState,
  type CriterionStates,
  sideOf,
} from "./ids.js";
import type { CriterionAnswer, ResolvedAnswers } from "./resolve.js";

/** What a criterion was compared with. */
export interface CriterionThreshold {
  readonly comparison: Comparison;
  /** The figure, for the comparisons that have one; otherwise null. */
  readonly value: number | null;
  /** The same in words, e.g. `more than 50 secrets`. */
  readonly text: string;
}

/** The value that a criterion looked at; null when unknown. */
export type ObservedValue = number | boolean | readonly string[] | null;

/** One criterion, looked at. */
export interface CriterionResult {
  readonly id: CriterionId;
  readonly side: CriterionSide;
  readonly title: string;
  readonly state: CriterionState;
  readonly observed: ObservedValue;
  readonly threshold: CriterionThreshold;
  /** What it counts when it is met. */
  readonly weight: number;
  /** The answer of the profile that it looks at. */
  readonly answer: CriterionAnswer;
  /** What was seen; null when unknown or when the answer came without. */
  readonly evidence: string | null;
  /** Where it was seen; null when unknown. */
  readonly source: string | null;
}

const comparisonWords = {
  "more-than": "more than",
  "at-least": "at least",
  "fewer-than": "fewer than",
} as const;

function compareCount(
  comparison: "more-than" | "at-least" | "fewer-than",
  observed: number,
  limit: number,
): boolean {
  switch (comparison) {
    case "more-than":
      return observed > limit;
    case "at-least":
      return observed >= limit;
    case "fewer-than":
      return observed < limit;
  }
}

/** Whether a known value meets a criterion. Bounds are exact: 50 is not more than 50. */
export function meets(
  definition: CriterionDefinition,
  observed: Exclude<ObservedValue, null>,
  rules: Rules,
): boolean {
  if ("threshold" in definition) {
    const limit = rules.thresholds[definition.threshold];
    return typeof observed === "number" && compareCount(definition.comparison, observed, limit);
  }
  if (definition.comparison === "yes") return observed === true;
  return Array.isArray(observed) && observed.length > 0;
}

function thresholdOf(definition: CriterionDefinition, rules: Rules): CriterionThreshold {
  if ("threshold" in definition) {
    const value = rules.thresholds[definition.threshold];
    const text = `${comparisonWords[definition.comparison]} ${value} ${definition.unit}`;
    return { comparison: definition.comparison, value, text };
  }
  const text = definition.comparison === "yes" ? "yes" : "at least one";
  return { comparison: definition.comparison, value: null, text };
}

/** Looks at every criterion, adopt first, always all of them. */
export function evaluateCriteria(answers: ResolvedAnswers, rules: Rules): CriterionResult[] {
  return criterionIds.map((id) => {
    const definition = criterionDefinitions[id];
    const { value, evidence, source } = answers[definition.answer];
    const state: CriterionState =
      value === null ? "unknown" : meets(definition, value, rules) ? "met" : "unmet";
    return {
      id,
      side: sideOf(id),
      title: definition.title,
      state,
      observed: value,
      threshold: thresholdOf(definition, rules),
      weight: rules.weights[id],
      answer: definition.answer,
      evidence,
      source,
    };
  });
}

/** The states alone, which are all that the verdict looks at. */
export function statesOf(results: readonly CriterionResult[]): CriterionStates {
  return Object.fromEntries(results.map(({ id, state }) => [id, state])) as Record<
    CriterionId,
    CriterionState
  >;
}
