import type { CriterionId, CriterionState } from "../criteria/ids.js";
import type { Decision, decisionFormat } from "../decide.js";
import { type Profile, profileFields } from "../profile/values.js";
import type { Rules } from "../rules/rules.js";
import type { Verdict } from "../verdict/verdict.js";

/** What of a decision has to be kept so that it can be checked later. */
export interface DecisionRecord {
  readonly format: typeof decisionFormat;
  readonly verdict: Verdict;
  readonly criteria: readonly { readonly id: CriterionId; readonly state: CriterionState }[];
  readonly rules: Rules;
  /** The known answers, with what evidence they came with. */
  readonly profile: Profile;
}

/** The first line of the fenced block that carries the record in a Markdown decision record. */
export const recordFence = "```json kinko-decision";

function knownAnswers({ profile }: Decision): Profile {
  const entries = profileFields.flatMap((field) => {
    const { value, evidence, source } = profile[field];
    if (value === null) return [];
    const answer = { value, ...(evidence === null ? {} : { evidence }), source };
    return [[field, answer] as const];
  });
  return Object.fromEntries(entries);
}

/** Takes from a decision what a later check needs. */
export function toRecord(decision: Decision): DecisionRecord {
  const { format, verdict, criteria, rules } = decision;
  const states = criteria.map(({ id, state }) => ({ id, state }));
  return { format, verdict, criteria: states, rules, profile: knownAnswers(decision) };
}

/** A record as JSON with a line for each criterion and answer, so that a change reads well in a diff. */
export function recordText(record: DecisionRecord): string {
  const line = (value: unknown): string => JSON.stringify(value);
  const answers = Object.entries(record.profile).map(
    ([field, answer]) => `    ${line(field)}: ${line(answer)}`,
  );
  return [
    "{",
    `  "format": ${line(record.format)},`,
    `  "verdict": ${line(record.verdict)},`,
    `  "criteria": [`,
    record.criteria.map((criterion) => `    ${line(criterion)}`).join(",\n"),
    "  ],",
    `  "rules": ${line(record.rules)},`,
    `  "profile": {`,
    ...(answers.length === 0 ? [] : [answers.join(",\n")]),
    "  }",
    "}",
  ].join("\n");
}

/**
 * A decision as JSON, two spaces deep and ending with a line break, so that it can be committed.
 * The order of keys is fixed: the same profile and rules give the same bytes, however the profile's
 * own keys were ordered. `format` names the version of the form.
 */
export function toJson(decision: Decision): string {
  return `${JSON.stringify(decision, null, 2)}\n`;
}
