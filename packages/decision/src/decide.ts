import { type Alternative, alternativesFor } from "./advice/alternatives.js";
import { contradictionsIn } from "./advice/contradictions.js";
import { type Shape, shapeFor } from "./advice/shape.js";
import { type CriterionResult, evaluateCriteria, statesOf } from "./criteria/evaluate.js";
import { resolveAnswers } from "./criteria/resolve.js";
import { explain } from "./explain.js";
import { normaliseProfile } from "./profile/parse-profile.js";
import type { NormalProfile, Profile } from "./profile/values.js";
import { parseRules, type Rules, type RulesInput } from "./rules/rules.js";
import { type Sensitivity, sensitivityOf } from "./verdict/sensitivity.js";
import { type Arithmetic, judge, type Verdict } from "./verdict/verdict.js";

/** The name and version of the JSON form of a decision. */
export const decisionFormat = "kinko.decision/1";

/** How to decide. */
export interface DecideOptions {
  /** Weights, thresholds and margin; what is absent keeps its default. */
  readonly rules?: RulesInput | undefined;
}

/** A verdict with everything that led to it. */
export interface Decision {
  readonly format: typeof decisionFormat;
  readonly verdict: Verdict;
  /** Whether no answer to what is still unknown could change the verdict. */
  readonly firm: boolean;
  /** The verdict's reason in sentences, arithmetic included. */
  readonly reasoning: readonly string[];
  /** Every criterion, adopt first; always all eleven. */
  readonly criteria: readonly CriterionResult[];
  readonly arithmetic: Arithmetic;
  readonly sensitivity: Sensitivity;
  /** Answers that do not fit together, for a person to look at. */
  readonly contradictions: readonly string[];
  /** What to use instead of an own Vault, the recommended one first. */
  readonly alternatives: readonly Alternative[];
  /** What the Vault should look like; null unless the verdict is adopt. */
  readonly shape: Shape | null;
  readonly rules: Rules;
  /** The profile in normal form: what was answered, with evidence and source. */
  readonly profile: NormalProfile;
}

/**
 * Decides whether a team should run HashiCorp Vault.
 *
 * Pure and deterministic: the same profile and rules give the same decision, on any machine and
 * day. Total: every valid profile, the empty one included, gets a verdict and all eleven criteria.
 * The rule is stated at `judge`, and its whole arithmetic is in the decision.
 *
 * @throws {ProfileError} when the profile or the rules are not valid; unknown keys are not ignored
 * @example
 * const decision = decide({ secretCount: 120, needsDynamicSecrets: true, developerCount: 9 });
 * console.log(decision.verdict, decision.reasoning.join(" "));
 */
export function decide(profile: Profile, options: DecideOptions = {}): Decision {
  const rules = parseRules(options.rules);
  const normal = normaliseProfile(profile);
  const answers = resolveAnswers(normal, rules);
  const criteria = evaluateCriteria(answers, rules);
  const states = statesOf(criteria);
  const { verdict, firm, arithmetic } = judge(states, rules);
  return {
    format: decisionFormat,
    verdict,
    firm,
    reasoning: explain(verdict, firm, arithmetic, criteria),
    criteria,
    arithmetic,
    sensitivity: sensitivityOf(answers, states, rules),
    contradictions: contradictionsIn(normal),
    alternatives: alternativesFor(verdict, normal, states),
    shape: verdict === "adopt" ? shapeFor(normal) : null,
    rules,
    profile: normal,
  };
}
