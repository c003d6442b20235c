import { type CriterionDefinition, criterionDefinitions } from "../criteria/definitions.js";
import { meets, type ObservedValue } from "../criteria/evaluate.js";
import { type CriterionId, criterionIds, type CriterionState } from "../criteria/ids.js";
import type { CriterionAnswer } from "../criteria/resolve.js";
import type { Rules } from "../rules/rules.js";

/** One thing that an unknown answer could turn out to be, as far as the criteria can tell. */
export interface AnswerOutcome {
  readonly answer: CriterionAnswer;
  /** In words, e.g. `20 to 50`, `yes`, `at least one`. */
  readonly label: string;
  /** A value of this kind, for trying it out. */
  readonly example: Exclude<ObservedValue, null>;
  /** What the criteria that look at the answer become. */
  readonly states: Readonly<Partial<Record<CriterionId, CriterionState>>>;
}

function criteriaOf(answer: CriterionAnswer): [CriterionId, CriterionDefinition][] {
  return criterionIds
    .map((id): [CriterionId, CriterionDefinition] => [id, criterionDefinitions[id]])
    .filter(([, definition]) => definition.answer === answer);
}

function bandLabel(from: number, to: number | undefined): string {
  if (to === undefined) return `${from} or more`;
  if (from === 0) return `fewer than ${to}`;
  return to - 1 === from ? `${from}` : `${from} to ${to - 1}`;
}

/** Cuts the whole numbers where a criterion changes its state. */
function bands(
  definitions: readonly CriterionDefinition[],
  rules: Rules,
): { example: number; label: string }[] {
  const starts = new Set([0]);
  for (const definition of definitions) {
    if (!("threshold" in definition)) continue;
    const limit = rules.thresholds[definition.threshold];
    starts.add(definition.comparison === "more-than" ? limit + 1 : limit);
  }
  const sorted = [...starts].toSorted((left, right) => left - right);
  return sorted.map((from, index) => ({
    example: from,
    label: bandLabel(from, sorted[index + 1]),
  }));
}

/** Everything that an answer could turn out to be, least first. */
export function outcomesOf(answer: CriterionAnswer, rules: Rules): AnswerOutcome[] {
  const criteria = criteriaOf(answer);
  const definitions = criteria.map(([, definition]) => definition);
  const comparison = definitions[0]?.comparison;
  const examples: { example: Exclude<ObservedValue, null>; label: string }[] =
    comparison === "yes"
      ? [
          { example: false, label: "no" },
          { example: true, label: "yes" },
        ]
      : comparison === "not-empty"
        ? [
            { example: [], label: "none" },
            { example: ["soc2"], label: "at least one" },
          ]
        : bands(definitions, rules);
  return examples.map(({ example, label }) => ({
    answer,
    label,
    example,
    states: Object.fromEntries(
      criteria.map(([id, definition]) => [id, meets(definition, example, rules) ? "met" : "unmet"]),
    ) as Partial<Record<CriterionId, CriterionState>>,
  }));
}
