import type { NormalAnswer, NormalProfile, ProfileValues } from "../profile/values.js";
import type { Rules } from "../rules/rules.js";

/** The answers that criteria look at; each is the one thing a person would be asked. */
export const criterionAnswers = [
  "secretCount",
  "environmentCount",
  "developerCount",
  "needsDynamicSecrets",
  "strictAudit",
  "multiCloud",
  "complianceDuties",
  "plainEnvironmentVariablesSuffice",
  "limitedOperations",
  "onPremisesOnly",
] as const;

/** One of {@link criterionAnswers}. */
export type CriterionAnswer = (typeof criterionAnswers)[number];

/** The answers that criteria look at, after derivation from the others. */
export type ResolvedAnswers = {
  readonly [A in CriterionAnswer]: NormalAnswer<ProfileValues[A]>;
};

function environmentCount(profile: NormalProfile): NormalAnswer<number> {
  const names = profile.environmentNames;
  if (profile.environmentCount.value !== null || names.value === null) {
    return profile.environmentCount;
  }
  const evidence = names.evidence ?? `named: ${names.value.join(", ") || "none"}`;
  return { value: names.value.length, evidence, source: names.source };
}

/** Two clouds in use are several clouds; one in use says nothing about the strategy. */
function multiCloud(profile: NormalProfile): NormalAnswer<boolean> {
  const clouds = profile.clouds;
  if (profile.multiCloud.value !== null || clouds.value === null || clouds.value.length < 2) {
    return profile.multiCloud;
  }
  const evidence = `${clouds.value.length} clouds in use: ${clouds.value.join(", ")}`;
  return { value: true, evidence: clouds.evidence ?? evidence, source: clouds.source };
}

/** A plain answer wins over hours, and hours over people, because it is nearer to the question. */
function limitedOperations(profile: NormalProfile, rules: Rules): NormalAnswer<boolean> {
  const { operationsHoursPerWeek: hours, operationsPeople: people } = profile;
  if (profile.limitedOperations.value !== null) return profile.limitedOperations;
  if (hours.value !== null) {
    const limit = rules.thresholds.fewerThanOperationsHoursPerWeek;
    const seen = hours.evidence ?? `${hours.value} hours a week`;
    const evidence = `${seen}; fewer than ${limit} hours count as limited`;
    return { value: hours.value < limit, evidence, source: hours.source };
  }
  if (people.value !== null) {
    const limit = rules.thresholds.fewerThanOperationsPeople;
    const seen = people.evidence ?? `${people.value} people`;
    const evidence = `${seen}; fewer than ${limit} people count as limited`;
    return { value: people.value < limit, evidence, source: people.source };
  }
  return profile.limitedOperations;
}

/**
 * Takes from a profile what the criteria look at, filling an unknown answer from the ones that
 * imply it. A known answer is never overruled.
 */
export function resolveAnswers(profile: NormalProfile, rules: Rules): ResolvedAnswers {
  return {
    secretCount: profile.secretCount,
    environmentCount: environmentCount(profile),
    developerCount: profile.developerCount,
    needsDynamicSecrets: profile.needsDynamicSecrets,
    strictAudit: profile.strictAudit,
    multiCloud: multiCloud(profile),
    complianceDuties: profile.complianceDuties,
    plainEnvironmentVariablesSuffice: profile.plainEnvironmentVariablesSuffice,
    limitedOperations: limitedOperations(profile, rules),
    onPremisesOnly: profile.onPremisesOnly,
  };
}
