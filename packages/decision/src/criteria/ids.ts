/** The criteria that speak for Vault, in the order of the documentation. */
export const adoptCriterionIds = [
  "many-secrets",
  "many-environments",
  "dynamic-secrets",
  "strict-audit",
  "multi-cloud",
  "compliance-duties",
] as const;

/** The criteria that speak against Vault. */
export const avoidCriterionIds = [
  "small-team",
  "few-secrets",
  "environment-variables-suffice",
  "limited-operations",
  "on-premises-only",
] as const;

/** Every criterion in the order in which it is printed. */
export const criterionIds = [...adoptCriterionIds, ...avoidCriterionIds] as const;

/** A criterion's stable name. */
export type CriterionId = (typeof criterionIds)[number];

/** Which way a met criterion speaks. */
export type CriterionSide = "adopt" | "avoid";

/** What is known about a criterion. */
export type CriterionState = "met" | "unmet" | "unknown";

/** The state of every criterion. */
export type CriterionStates = Readonly<Record<CriterionId, CriterionState>>;

const adoptSet: ReadonlySet<string> = new Set(adoptCriterionIds);

/** The side on which a criterion speaks. */
export function sideOf(id: CriterionId): CriterionSide {
  return adoptSet.has(id) ? "adopt" : "avoid";
}
