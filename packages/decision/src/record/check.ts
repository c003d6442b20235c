import { type CriterionId, criterionIds, type CriterionState } from "../criteria/ids.js";
import { decide, type DecideOptions, type Decision } from "../decide.js";
import type { Profile } from "../profile/values.js";
import { parseRules, type Rules } from "../rules/rules.js";
import type { Verdict } from "../verdict/verdict.js";
import { readRecord } from "./read-record.js";

/** One thing that is no longer as it was recorded. */
export type DecisionDifference =
  | {
      readonly kind: "verdict";
      readonly recorded: Verdict;
      readonly current: Verdict;
      readonly message: string;
    }
  | {
      readonly kind: "criterion";
      readonly criterion: CriterionId;
      /** `absent` when the record does not mention the criterion. */
      readonly recorded: CriterionState | "absent";
      readonly current: CriterionState;
      readonly message: string;
    }
  | {
      readonly kind: "rules";
      /** The rules' key that differs, e.g. `thresholds.moreThanSecrets`. */
      readonly key: string;
      readonly recorded: number;
      readonly current: number;
      readonly message: string;
    };

/** The outcome of a check. */
export interface DecisionCheck {
  /** Whether the verdict is still the recorded one. Other differences are told but do not fail it. */
  readonly holds: boolean;
  readonly differences: readonly DecisionDifference[];
  /** The decision as it would be recorded today. */
  readonly current: Decision;
}

function flatRules(rules: Rules): [key: string, figure: number][] {
  return [
    ...Object.entries(rules.thresholds).map(([key, figure]): [string, number] => [
      `thresholds.${key}`,
      figure,
    ]),
    ...Object.entries(rules.weights).map(([key, figure]): [string, number] => [
      `weights.${key}`,
      figure,
    ]),
    ["margin", rules.margin],
  ];
}

function rulesDifferences(recorded: Rules, current: Rules): DecisionDifference[] {
  const before = new Map(flatRules(recorded));
  return flatRules(current).flatMap(([key, figure]): DecisionDifference[] => {
    const old = before.get(key) ?? figure;
    if (old === figure) return [];
    const message = `${key} was ${old} and is ${figure}`;
    return [{ kind: "rules", key, recorded: old, current: figure, message }];
  });
}

/**
 * Checks whether a recorded decision still holds for a fresh profile.
 *
 * It holds when the verdict is the same. Criteria whose state changed, and rules that differ, are
 * listed either way. Without `options.rules` the recorded rules are used, so that a record made
 * with own weights is judged by them.
 *
 * @param recorded an object, its JSON, or a Markdown decision record that carries the JSON
 * @throws {ProfileError} when the record, the profile or the rules are not valid
 * @example
 * const { holds, differences } = checkDecision(await readFile("docs/vault.md", "utf8"), profile);
 */
export function checkDecision(
  recorded: unknown,
  profile: Profile,
  options: DecideOptions = {},
): DecisionCheck {
  const record = readRecord(recorded);
  const rules = options.rules === undefined ? record.rules : parseRules(options.rules);
  const current = decide(profile, { rules });
  const differences: DecisionDifference[] = [];
  const holds = current.verdict === record.verdict;
  if (!holds) {
    const message = `the verdict was ${record.verdict} and is ${current.verdict}`;
    const { verdict } = record;
    differences.push({ kind: "verdict", recorded: verdict, current: current.verdict, message });
  }
  const before = new Map(record.criteria.map(({ id, state }) => [id, state]));
  const now = new Map(current.criteria.map(({ id, state }) => [id, state]));
  for (const criterion of criterionIds) {
    const old = before.get(criterion) ?? "absent";
    const state = now.get(criterion) ?? "unknown";
    if (old === state) continue;
    const message = `${criterion} was ${old} and is ${state}`;
    differences.push({ kind: "criterion", criterion, recorded: old, current: state, message });
  }
  differences.push(...rulesDifferences(record.rules, rules));
  return { holds, differences, current };
}
