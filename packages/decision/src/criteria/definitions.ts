import type { Thresholds } from "../rules/rules.js";
import type { CriterionId } from "./ids.js";
import type { CriterionAnswer } from "./resolve.js";

/** How an answer is compared. */
export type Comparison = "more-than" | "at-least" | "fewer-than" | "yes" | "not-empty";

/** A criterion that compares a number. */
interface CountDefinition {
  readonly answer: "secretCount" | "environmentCount" | "developerCount";
  readonly title: string;
  readonly comparison: "more-than" | "at-least" | "fewer-than";
  readonly threshold: keyof Thresholds;
  readonly unit: string;
}

/** A criterion that takes an answer as it is. */
interface PlainDefinition {
  readonly answer: Exclude<CriterionAnswer, CountDefinition["answer"]>;
  readonly title: string;
  readonly comparison: "yes" | "not-empty";
}

/** What a criterion looks at and how. */
export type CriterionDefinition = CountDefinition | PlainDefinition;

/** Every criterion's definition. */
export const criterionDefinitions: Readonly<Record<CriterionId, CriterionDefinition>> = {
  "many-secrets": {
    answer: "secretCount",
    title: "Many secrets",
    comparison: "more-than",
    threshold: "moreThanSecrets",
    unit: "secrets",
  },
  "many-environments": {
    answer: "environmentCount",
    title: "Many environments",
    comparison: "at-least",
    threshold: "atLeastEnvironments",
    unit: "environments",
  },
  "dynamic-secrets": {
    answer: "needsDynamicSecrets",
    title: "Dynamic secrets needed",
    comparison: "yes",
  },
  "strict-audit": {
    answer: "strictAudit",
    title: "Strict audit requirements",
    comparison: "yes",
  },
  "multi-cloud": { answer: "multiCloud", title: "Multi-cloud strategy", comparison: "yes" },
  "compliance-duties": {
    answer: "complianceDuties",
    title: "Compliance duties",
    comparison: "not-empty",
  },
  "small-team": {
    answer: "developerCount",
    title: "Small project",
    comparison: "fewer-than",
    threshold: "fewerThanDevelopers",
    unit: "developers",
  },
  "few-secrets": {
    answer: "secretCount",
    title: "Few secrets",
    comparison: "fewer-than",
    threshold: "fewerThanSecrets",
    unit: "secrets",
  },
  "environment-variables-suffice": {
    answer: "plainEnvironmentVariablesSuffice",
    title: "Plain environment variables suffice",
    comparison: "yes",
  },
  "limited-operations": {
    answer: "limitedOperations",
    title: "Limited operations resources",
    comparison: "yes",
  },
  "on-premises-only": {
    answer: "onPremisesOnly",
    title: "On premises only, not cloud-native",
    comparison: "yes",
  },
};
