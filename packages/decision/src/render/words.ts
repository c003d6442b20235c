import type { CriterionResult, ObservedValue } from "../criteria/evaluate.js";
import type { Flip } from "../verdict/sensitivity.js";
import type { Verdict } from "../verdict/verdict.js";

/** Verdicts as headlines. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  adopt: "Adopt",
  avoid: "Avoid",
  contested: "Contested",
  "insufficient-data": "Insufficient data",
};

/** An observed value in words. */
export function observedWords(observed: ObservedValue): string {
  if (observed === null) return "not known";
  if (typeof observed === "boolean") return observed ? "yes" : "no";
  if (typeof observed === "number") return String(observed);
  return observed.length === 0 ? "none" : observed.join(", ");
}

/** Evidence and source of a criterion in one cell. */
export function evidenceWords({ state, evidence, source }: CriterionResult): string {
  if (state === "unknown") return evidence ?? "not answered";
  const seen = evidence ?? "stated";
  return source === null ? seen : `${seen} (${source})`;
}

/** A flip as a sentence without its end. */
export function flipWords({ suppose, verdict }: Flip): string {
  const conditions = suppose.map(({ answer, outcome }) => `${answer} is ${outcome}`);
  return `${conditions.join(" and ")}: ${verdict}`;
}

/** A number with its noun, e.g. `1 node`, `3 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
