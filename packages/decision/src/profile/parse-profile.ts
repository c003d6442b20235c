import * as v from "valibot";
import { profileErrorFrom } from "./issues.js";
import { profileSchema, unionProfileSchema } from "./schema.js";
import { type NormalAnswer, type NormalProfile, type Profile, profileFields } from "./values.js";

const answerKeys = ["value", "evidence", "source"] as const;

function namesAt(path: readonly string[]): readonly string[] {
  return path.length === 0 ? profileFields : answerKeys;
}

/**
 * Checks a profile that came from outside: a parsed file, flags, answers.
 *
 * An absent answer and a null one both mean unknown. A key that is not known is an error, with the
 * nearest known name. `$schema` is accepted and dropped. The input is not changed.
 *
 * @throws {ProfileError} listing every issue with its path
 * @example
 * const profile = parseProfile(JSON.parse(await readFile("kinko.profile.json", "utf8")));
 */
export function parseProfile(input: unknown): Profile {
  const result = v.safeParse(profileSchema, input);
  if (!result.success) throw profileErrorFrom("profile", result.issues, namesAt);
  const profile = { ...result.output };
  delete profile.$schema;
  return profile as Profile;
}

type AnyValue = string | number | boolean | readonly string[];

function isEvidenced(answer: unknown): answer is { value: unknown } {
  return typeof answer === "object" && answer !== null && !Array.isArray(answer);
}

/** Lower case, trimmed, once each, in the order given: `SOC2` and `soc2 ` are one duty. */
function normalValue(value: AnyValue): AnyValue {
  if (!Array.isArray(value)) return value;
  return [...new Set(value.map((entry) => String(entry).trim().toLowerCase()))];
}

function normalAnswer(answer: unknown): NormalAnswer<AnyValue> {
  if (answer === undefined || answer === null) return { value: null, evidence: null, source: null };
  if (!isEvidenced(answer)) {
    return { value: normalValue(answer as AnyValue), evidence: null, source: "profile" };
  }
  const { value, evidence, source } = answer as {
    value: AnyValue | null;
    evidence?: string | null;
    source?: string | null;
  };
  return {
    value: value === null ? null : normalValue(value),
    evidence: evidence ?? null,
    source: source ?? (value === null ? null : "profile"),
  };
}

/**
 * Brings a profile to its one normal form: every answer present, in a fixed order, list entries in
 * lower case and once each.
 *
 * @throws {ProfileError} when the profile is not valid
 */
export function normaliseProfile(profile: Profile): NormalProfile {
  const checked = parseProfile(profile);
  const entries = profileFields.map((field) => [field, normalAnswer(checked[field])]);
  return Object.fromEntries(entries) as NormalProfile;
}

/**
 * Lays profiles over each other, e.g. what a scan measured under what a person wrote: for every
 * answer the last profile that knows it wins, with its evidence.
 *
 * @throws {ProfileError} when one of them is not valid
 */
export function mergeProfiles(...profiles: readonly Profile[]): Profile {
  const merged: Record<string, unknown> = {};
  for (const profile of profiles.map(normaliseProfile)) {
    for (const field of profileFields) {
      const answer = profile[field];
      if (answer.value !== null || merged[field] === undefined) merged[field] = answer;
    }
  }
  return merged;
}

/**
 * The JSON Schema of a profile, for editors. The converter is loaded when first asked for.
 */
export async function profileJsonSchema(): Promise<Record<string, unknown>> {
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  // Two checks have no JSON Schema form (free-text rules for list entries, unicode classes);
  // parseProfile still enforces them.
  const schema = toJsonSchema(unionProfileSchema(), { errorMode: "ignore" });
  return { title: "Kinko decision profile", ...schema };
}
