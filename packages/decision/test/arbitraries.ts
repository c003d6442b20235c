import fc from "fast-check";
import {
  adoptCriterionIds,
  avoidCriterionIds,
  cloudNames,
  type CriterionId,
  criterionIds,
  type CriterionState,
  orchestratorNames,
  type Profile,
  type ProfileField,
  type RulesInput,
} from "@kinko/decision";

const text = fc.string({ maxLength: 30, unit: "grapheme" }).filter((line) => !/\p{Cc}/u.test(line));

/** An answer that may be absent, null, plain or evidenced. */
function answer<T>(value: fc.Arbitrary<T>) {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: value },
    {
      weight: 2,
      arbitrary: fc.record({ value: fc.option(value), evidence: text, source: text }),
    },
  );
}

const count = fc.oneof(fc.nat(70), fc.nat(7), fc.constantFrom(0, 4, 5, 19, 20, 50, 51));
const name = fc.constantFrom("dev", "staging", "production", "qa", "soc2", "hipaa", "Pre Prod");

export const profiles: fc.Arbitrary<Profile> = fc.record({
  secretCount: answer(count),
  environmentCount: answer(count),
  developerCount: answer(count),
  needsDynamicSecrets: answer(fc.boolean()),
  strictAudit: answer(fc.boolean()),
  multiCloud: answer(fc.boolean()),
  complianceDuties: answer(fc.array(name, { maxLength: 3 })),
  plainEnvironmentVariablesSuffice: answer(fc.boolean()),
  limitedOperations: answer(fc.boolean()),
  operationsHoursPerWeek: answer(count),
  operationsPeople: answer(count),
  onPremisesOnly: answer(fc.boolean()),
  environmentNames: answer(fc.array(name, { maxLength: 7 })),
  clouds: answer(fc.array(fc.constantFrom(...cloudNames), { maxLength: 3 })),
  orchestrator: answer(fc.constantFrom(...orchestratorNames)),
  applicationsMayChange: answer(fc.boolean()),
  shortLivedHighThroughput: answer(fc.boolean()),
  toleratedNodeFailures: answer(fc.nat(4)),
  vaultEnterprise: answer(fc.boolean()),
  existingConsulStorage: answer(fc.boolean()),
});

const weight = fc.oneof(fc.nat(4), fc.constantFrom(0, 1, 100));

/** Valid rules: every side has weight, and one number of secrets never speaks for both sides. */
export const rules: fc.Arbitrary<RulesInput> = fc
  .record({
    thresholds: fc
      .record({
        moreThanSecrets: fc.nat(60),
        atLeastEnvironments: fc.integer({ min: 1, max: 8 }),
        fewerThanDevelopers: fc.integer({ min: 1, max: 8 }),
        fewerThanSecrets: fc.integer({ min: 1, max: 60 }),
        fewerThanOperationsHoursPerWeek: fc.integer({ min: 1, max: 20 }),
        fewerThanOperationsPeople: fc.integer({ min: 1, max: 5 }),
      })
      .map((thresholds) => ({
        ...thresholds,
        fewerThanSecrets: Math.min(thresholds.fewerThanSecrets, thresholds.moreThanSecrets + 1),
      })),
    weights: fc.record(
      Object.fromEntries(criterionIds.map((id) => [id, weight])) as Record<
        CriterionId,
        fc.Arbitrary<number>
      >,
    ),
    margin: fc.integer({ min: 1, max: 12 }),
  })
  .filter(({ weights }) =>
    [adoptCriterionIds, avoidCriterionIds].every((ids) => ids.some((id) => weights[id] > 0)),
  );

export const states: fc.Arbitrary<Record<CriterionId, CriterionState>> = fc.record(
  Object.fromEntries(
    criterionIds.map((id) => [id, fc.constantFrom<CriterionState>("met", "unmet", "unknown")]),
  ) as Record<CriterionId, fc.Arbitrary<CriterionState>>,
);

/** A change of plain answers that meets one more adopt criterion, whatever the thresholds above. */
export const adoptAnswers: readonly (readonly [ProfileField, Profile])[] = [
  ["secretCount", { secretCount: 1000 }],
  ["environmentCount", { environmentCount: 1000 }],
  ["needsDynamicSecrets", { needsDynamicSecrets: true }],
  ["strictAudit", { strictAudit: true }],
  ["multiCloud", { multiCloud: true }],
  ["complianceDuties", { complianceDuties: ["soc2"] }],
];

/** A change that meets one more avoid criterion. */
export const avoidAnswers: readonly (readonly [ProfileField, Profile])[] = [
  ["developerCount", { developerCount: 0 }],
  ["secretCount", { secretCount: 0 }],
  ["plainEnvironmentVariablesSuffice", { plainEnvironmentVariablesSuffice: true }],
  ["limitedOperations", { limitedOperations: true }],
  ["onPremisesOnly", { onPremisesOnly: true }],
];

/** A profile that answers everything, in which no criterion is met. */
export const neutral: Profile = {
  secretCount: 30,
  environmentCount: 3,
  developerCount: 8,
  needsDynamicSecrets: false,
  strictAudit: false,
  multiCloud: false,
  complianceDuties: [],
  plainEnvironmentVariablesSuffice: false,
  limitedOperations: false,
  onPremisesOnly: false,
};
