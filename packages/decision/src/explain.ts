import type { CriterionResult } from "./criteria/evaluate.js";
import type { Arithmetic, Reckoning, Verdict } from "./verdict/verdict.js";

const verdictSentences: Readonly<Record<Verdict, string>> = {
  adopt: "Run Vault.",
  avoid: "Do not run Vault.",
  contested: "The criteria are divided: a person has to decide.",
  "insufficient-data": "Too little is known to decide.",
};

function clauseSentence({ adopt, avoid, clause }: Reckoning, margin: number): string {
  switch (clause) {
    case "nothing-asks":
      return "Nothing asks for Vault (adopt 0), so it is not worth operating.";
    case "unopposed":
      return `Adopt ${adopt} against avoid 0: something asks for Vault and nothing speaks against it.`;
    case "adopt-leads":
      return `Adopt ${adopt} against avoid ${avoid}: adopt leads by ${adopt - avoid}, and ${margin} is enough.`;
    case "avoid-leads":
      return `Adopt ${adopt} against avoid ${avoid}: avoid leads by ${avoid - adopt}, and ${margin} is enough.`;
    case "no-side-leads":
      return `Adopt ${adopt} against avoid ${avoid}: neither side leads by ${margin}.`;
  }
}

function caseWords({ adopt, avoid, verdict }: Reckoning): string {
  return `${verdict} (adopt ${adopt}, avoid ${avoid})`;
}

/** Says in sentences how a verdict came about; every figure in them is in the arithmetic. */
export function explain(
  verdict: Verdict,
  firm: boolean,
  { asKnown, worstCase, bestCase, margin }: Arithmetic,
  criteria: readonly CriterionResult[],
): string[] {
  const unknown = criteria.filter(({ state }) => state === "unknown").length;
  const sentences = [verdictSentences[verdict]];
  if (verdict === "insufficient-data") {
    sentences.push(
      `${unknown} of ${criteria.length} criteria are unknown, and they alone could lead to ${caseWords(worstCase)} as well as to ${caseWords(bestCase)}.`,
    );
    return sentences;
  }
  sentences.push(clauseSentence(asKnown, margin));
  if (unknown === 0) return sentences;
  sentences.push(
    firm
      ? `${unknown} of ${criteria.length} criteria are unknown, but no answer to them changes the verdict.`
      : `${unknown} of ${criteria.length} criteria are unknown and count for neither side; at worst they make it ${caseWords(worstCase)}, at best ${caseWords(bestCase)}.`,
  );
  return sentences;
}
