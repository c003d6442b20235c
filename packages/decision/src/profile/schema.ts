import * as v from "valibot";
import { cloudNames, orchestratorNames } from "./values.js";

/** Longest text accepted as evidence, source or list entry, in characters. */
const maxTextLength = 500;
const maxNameLength = 100;
/** Longest list accepted. A profile is written by people; more than this is a mistake. */
const maxListLength = 1000;

/** Words that people write into a list to say that it is empty; taken as an entry they would count. */
const wordsForNone = new Set(["none", "no", "n/a", "na", "-", "null", "false", "unknown"]);

const line = (what: string, maximum: number) =>
  v.pipe(
    v.string(`${what} must be text`),
    v.maxLength(maximum, `${what} must be at most ${maximum} characters`),
    v.regex(/^\P{Cc}*$/u, `${what} must not hold control characters or line breaks`),
  );

const count = v.pipe(
  v.number("must be a whole number, or null when unknown"),
  v.safeInteger("must be a whole number"),
  v.minValue(0, "must be 0 or more"),
);
const amount = v.pipe(
  v.number("must be a number, or null when unknown"),
  v.finite("must be a finite number"),
  v.minValue(0, "must be 0 or more"),
);
const yesNo = v.boolean("must be true or false, or null when unknown");

const name = v.pipe(
  line("an entry", maxNameLength),
  v.check((text) => text.trim() !== "", "an entry must not be empty"),
  v.check(
    (text) => !wordsForNone.has(text.trim().toLowerCase()),
    "an entry must name something: write an empty list for none, null for unknown",
  ),
);
const listOf = <Entry extends v.GenericSchema<string>>(entry: Entry) =>
  v.pipe(
    v.array(entry, "must be a list, or null when unknown"),
    v.maxLength(maxListLength, `must have at most ${maxListLength} entries`),
  );
const names = listOf(name);
const clouds = listOf(v.picklist(cloudNames, `must be one of ${cloudNames.join(", ")}`));
const orchestrator = v.picklist(
  orchestratorNames,
  `must be one of ${orchestratorNames.join(", ")}, or null when unknown`,
);

/** The schema of each answer's plain value. */
export const valueSchemas = {
  secretCount: count,
  environmentCount: count,
  developerCount: count,
  needsDynamicSecrets: yesNo,
  strictAudit: yesNo,
  multiCloud: yesNo,
  complianceDuties: names,
  plainEnvironmentVariablesSuffice: yesNo,
  limitedOperations: yesNo,
  operationsHoursPerWeek: amount,
  operationsPeople: amount,
  onPremisesOnly: yesNo,
  environmentNames: names,
  clouds,
  orchestrator,
  applicationsMayChange: yesNo,
  shortLivedHighThroughput: yesNo,
  toleratedNodeFailures: count,
  vaultEnterprise: yesNo,
  existingConsulStorage: yesNo,
};

const evidenced = <Value extends v.GenericSchema>(value: Value) =>
  v.strictObject({
    value: v.nullable(value),
    evidence: v.nullish(line("evidence", maxTextLength)),
    source: v.nullish(line("source", maxTextLength)),
  });

function isObject(input: unknown): boolean {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

/**
 * An answer: plain, evidenced, null or absent. It chooses by the input's form instead of trying a
 * union, so that an error names the one thing that is wrong and not every form that did not match.
 */
const preciseAnswer = <Value extends v.GenericSchema>(value: Value) => {
  const plain = v.nullish(value);
  const full = evidenced(value);
  return v.optional(v.lazy((input) => (isObject(input) ? full : plain)));
};

/** The same answer as a union, which a JSON Schema can express. */
const unionAnswer = <Value extends v.GenericSchema>(value: Value) =>
  v.optional(v.union([v.nullable(value), evidenced(value)]));

/** A strict object that is no list either; valibot takes an empty list for an empty object. */
export function strictRecord<const Entries extends v.ObjectEntries>(
  entries: Entries,
  message: string,
) {
  return v.pipe(
    v.unknown(),
    v.check((input) => !Array.isArray(input), message),
    v.strictObject(entries, message),
  );
}

/** Checks a whole profile document. `$schema` is allowed, for editors. */
export const profileSchema = strictRecord(
  {
    $schema: v.optional(v.string("must be text")),
    secretCount: preciseAnswer(valueSchemas.secretCount),
    environmentCount: preciseAnswer(valueSchemas.environmentCount),
    developerCount: preciseAnswer(valueSchemas.developerCount),
    needsDynamicSecrets: preciseAnswer(valueSchemas.needsDynamicSecrets),
    strictAudit: preciseAnswer(valueSchemas.strictAudit),
    multiCloud: preciseAnswer(valueSchemas.multiCloud),
    complianceDuties: preciseAnswer(valueSchemas.complianceDuties),
    plainEnvironmentVariablesSuffice: preciseAnswer(valueSchemas.plainEnvironmentVariablesSuffice),
    limitedOperations: preciseAnswer(valueSchemas.limitedOperations),
    operationsHoursPerWeek: preciseAnswer(valueSchemas.operationsHoursPerWeek),
    operationsPeople: preciseAnswer(valueSchemas.operationsPeople),
    onPremisesOnly: preciseAnswer(valueSchemas.onPremisesOnly),
    environmentNames: preciseAnswer(valueSchemas.environmentNames),
    clouds: preciseAnswer(valueSchemas.clouds),
    orchestrator: preciseAnswer(valueSchemas.orchestrator),
    applicationsMayChange: preciseAnswer(valueSchemas.applicationsMayChange),
    shortLivedHighThroughput: preciseAnswer(valueSchemas.shortLivedHighThroughput),
    toleratedNodeFailures: preciseAnswer(valueSchemas.toleratedNodeFailures),
    vaultEnterprise: preciseAnswer(valueSchemas.vaultEnterprise),
    existingConsulStorage: preciseAnswer(valueSchemas.existingConsulStorage),
  },
  "must be an object with answers",
);

/** Builds the schema that {@link profileJsonSchema} converts. */
export function unionProfileSchema(): v.GenericSchema {
  const entries = Object.entries(valueSchemas).map(([field, schema]) => [
    field,
    unionAnswer(schema as v.GenericSchema),
  ]);
  return v.strictObject({ $schema: v.optional(v.string()), ...Object.fromEntries(entries) });
}
