import * as v from "valibot";
import {
  adoptCriterionIds,
  avoidCriterionIds,
  type CriterionId,
  criterionIds,
} from "../criteria/ids.js";
import { ProfileError } from "../errors.js";
import { profileErrorFrom } from "../profile/issues.js";
import { strictRecord } from "../profile/schema.js";

/** Where a number turns a criterion from unmet to met. */
export interface Thresholds {
  /** `many-secrets` is met by more secrets than this. Default 50. */
  readonly moreThanSecrets: number;
  /** `many-environments` is met by this many environments or more. Default 5. */
  readonly atLeastEnvironments: number;
  /** `small-team` is met by fewer developers than this. Default 5. */
  readonly fewerThanDevelopers: number;
  /** `few-secrets` is met by fewer secrets than this. Default 20. */
  readonly fewerThanSecrets: number;
  /** `limited-operations`, when measured in hours: met by fewer a week than this. Default 8. */
  readonly fewerThanOperationsHoursPerWeek: number;
  /** `limited-operations`, when measured in people: met by fewer than this. Default 2. */
  readonly fewerThanOperationsPeople: number;
}

/** Everything that the verdict depends on besides the profile. */
export interface Rules {
  readonly thresholds: Thresholds;
  /** How much each criterion counts: a whole number from 0 (ignored) to 100. Default 1 each. */
  readonly weights: Readonly<Record<CriterionId, number>>;
  /** By how much one side must lead when both have something to say. At least 1. Default 3. */
  readonly margin: number;
}

/** Rules as a person writes them: what is absent keeps its default. */
export interface RulesInput {
  readonly thresholds?: { readonly [K in keyof Thresholds]?: number | undefined } | undefined;
  readonly weights?: { readonly [K in CriterionId]?: number | undefined } | undefined;
  readonly margin?: number | undefined;
}

const defaultThresholds: Thresholds = {
  moreThanSecrets: 50,
  atLeastEnvironments: 5,
  fewerThanDevelopers: 5,
  fewerThanSecrets: 20,
  fewerThanOperationsHoursPerWeek: 8,
  fewerThanOperationsPeople: 2,
};

const defaultWeights = Object.fromEntries(criterionIds.map((id) => [id, 1])) as Record<
  CriterionId,
  number
>;

/**
 * The default rules. The figures 50, 5, 5 and 20 are Kinko's house figures for when a dedicated
 * secret server pays for itself, not a law of nature; 8 hours and 2 people (nobody is on call alone)
 * are this package's own reading of "limited operations resources". The margin is 3 so that a
 * profile in which every criterion is met that can be (6 against 4) is contested and not settled by
 * there being more adopt criteria than avoid ones.
 */
export const defaultRules: Rules = {
  thresholds: defaultThresholds,
  weights: defaultWeights,
  margin: 3,
};

const whole = (minimum: number, maximum: number) =>
  v.optional(
    v.pipe(
      v.number("must be a whole number"),
      v.safeInteger("must be a whole number"),
      v.minValue(minimum, `must be ${minimum} or more`),
      v.maxValue(maximum, `must be ${maximum} or less`),
    ),
  );

const maxThreshold = 1_000_000;
const maxWeight = 100;
// Every weight together: a margin above it could never be reached.
const maxMargin = maxWeight * criterionIds.length;

const rulesSchema = strictRecord(
  {
    $schema: v.optional(v.string("must be text")),
    thresholds: v.optional(
      strictRecord(
        {
          moreThanSecrets: whole(0, maxThreshold),
          // From 1, because "fewer than 0" and "0 or more" would no longer ask anything.
          atLeastEnvironments: whole(1, maxThreshold),
          fewerThanDevelopers: whole(1, maxThreshold),
          fewerThanSecrets: whole(1, maxThreshold),
          fewerThanOperationsHoursPerWeek: whole(1, maxThreshold),
          fewerThanOperationsPeople: whole(1, maxThreshold),
        },
        "must be an object with thresholds",
      ),
    ),
    weights: v.optional(
      strictRecord(
        Object.fromEntries(criterionIds.map((id) => [id, whole(0, maxWeight)])) as Record<
          CriterionId,
          ReturnType<typeof whole>
        >,
        "must be an object with weights",
      ),
    ),
    margin: whole(1, maxMargin),
  },
  "must be an object with thresholds, weights or margin",
);

function namesAt(path: readonly string[]): readonly string[] {
  if (path[0] === "thresholds") return Object.keys(defaultThresholds);
  if (path[0] === "weights") return criterionIds;
  return ["thresholds", "weights", "margin"];
}

function withDefaults<Key extends string>(
  defaults: Readonly<Record<Key, number>>,
  given: { readonly [K in Key]?: number | undefined } | undefined,
): Record<Key, number> {
  const keys = Object.keys(defaults) as Key[];
  return Object.fromEntries(keys.map((key) => [key, given?.[key] ?? defaults[key]])) as Record<
    Key,
    number
  >;
}

/**
 * Checks rules that came from outside and fills in the defaults.
 *
 * Besides each figure's range: `fewerThanSecrets` may not exceed `moreThanSecrets` + 1 (the same
 * number of secrets would speak for and against), and each side needs a criterion with weight.
 *
 * @throws {ProfileError} listing every issue with its path
 */
export function parseRules(input: unknown = {}): Rules {
  const result = v.safeParse(rulesSchema, input);
  if (!result.success) throw profileErrorFrom("rules", result.issues, namesAt);
  const thresholds = withDefaults({ ...defaultThresholds }, result.output.thresholds);
  const weights = withDefaults(defaultWeights, result.output.weights);
  if (thresholds.fewerThanSecrets > thresholds.moreThanSecrets + 1) {
    const path = ["thresholds", "fewerThanSecrets"];
    const message =
      "must be at most moreThanSecrets + 1, or one number of secrets would speak for both sides";
    throw new ProfileError("rules", [{ path, message }]);
  }
  for (const [side, ids] of [
    ["adopt", adoptCriterionIds],
    ["avoid", avoidCriterionIds],
  ] as const) {
    if (ids.every((id) => weights[id] === 0)) {
      const message = `at least one ${side} criterion must weigh more than 0`;
      throw new ProfileError("rules", [{ path: ["weights"], message }]);
    }
  }
  return { thresholds, weights, margin: result.output.margin ?? defaultRules.margin };
}
