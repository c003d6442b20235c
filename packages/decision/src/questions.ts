import * as v from "valibot";
import { type CriterionId, criterionIds } from "./criteria/ids.js";
import { criterionDefinitions } from "./criteria/definitions.js";
import { ProfileError } from "./errors.js";
import { profileErrorFrom } from "./profile/issues.js";
import { nearestName } from "./profile/nearest.js";
import { valueSchemas } from "./profile/schema.js";
import {
  cloudNames,
  orchestratorNames,
  type ProfileField,
  profileFields,
  type ProfileValues,
} from "./profile/values.js";

/** How a question is answered. */
export type QuestionKind = "number" | "boolean" | "list" | "choice";

/** One question to a person; its answer goes into the profile under its id. */
export interface Question {
  /** The profile's field. */
  readonly id: ProfileField;
  readonly text: string;
  /** What counts, in one or two sentences. */
  readonly help: string;
  readonly kind: QuestionKind;
  /** For `choice`, and for a `list` of fixed words: what may be answered. */
  readonly choices?: readonly string[];
  /** The criteria that the answer decides; empty for one that only shapes the recommendation. */
  readonly criteria: readonly CriterionId[];
}

function criteriaFor(field: ProfileField): CriterionId[] {
  return criterionIds.filter((id) => criterionDefinitions[id].answer === field);
}

function ask(
  id: ProfileField,
  kind: QuestionKind,
  text: string,
  help: string,
  choices?: readonly string[],
): Question {
  const base = { id, text, help, kind, criteria: criteriaFor(id) };
  return choices === undefined ? base : { ...base, choices };
}

/**
 * The questions in the order to ask them: first those that criteria look at, then those that shape
 * the recommendation. Any of them may be left unanswered. `operationsHoursPerWeek`,
 * `operationsPeople` and `environmentNames` are other ways to answer a question of the list and are
 * not asked for themselves.
 */
export const questions: readonly Question[] = [
  ask(
    "secretCount",
    "number",
    "How many secrets are there?",
    "Count a secret once for every environment it has a value in.",
  ),
  ask(
    "environmentCount",
    "number",
    "How many environments are there?",
    "Development, test, staging, production and the like; previews that come and go count as one.",
  ),
  ask(
    "developerCount",
    "number",
    "How many people develop the project?",
    "Everyone who commits regularly.",
  ),
  ask(
    "needsDynamicSecrets",
    "boolean",
    "Do you need dynamic secrets?",
    "Credentials made on demand that expire by themselves, e.g. a database login for one hour.",
  ),
  ask(
    "strictAudit",
    "boolean",
    "Are there strict audit requirements?",
    "Somebody must be able to prove who read which secret and when.",
  ),
  ask(
    "multiCloud",
    "boolean",
    "Is running on several clouds your strategy?",
    "Not whether it happens to be so, but whether secrets must work the same on all of them.",
  ),
  ask(
    "complianceDuties",
    "list",
    "Which compliance duties apply?",
    "E.g. soc2, hipaa, pci-dss, iso27001, gdpr. An empty answer to the list means none.",
  ),
  ask(
    "plainEnvironmentVariablesSuffice",
    "boolean",
    "Would plain environment variables be good enough?",
    "No rotation, no audit trail, no access control beyond the machine.",
  ),
  ask(
    "limitedOperations",
    "boolean",
    "Is there little capacity for operations?",
    "Yes when nobody can give a Vault cluster a day a week, or when one person would be on call alone.",
  ),
  ask(
    "onPremisesOnly",
    "boolean",
    "Does everything run on premises, nothing cloud-native?",
    "No orchestrator, no cloud service.",
  ),
  ask(
    "clouds",
    "list",
    "Which clouds are in use?",
    "The first is the one that a Vault cluster would run on.",
    cloudNames,
  ),
  ask(
    "orchestrator",
    "choice",
    "What runs the applications?",
    "It decides between talking to Vault directly and a sidecar.",
    orchestratorNames,
  ),
  ask(
    "applicationsMayChange",
    "boolean",
    "May the applications be changed?",
    "If not, they can only receive their secrets when they start.",
  ),
  ask(
    "shortLivedHighThroughput",
    "boolean",
    "Do many short-lived jobs read secrets?",
    "Functions, batch jobs, builds: many starts a minute, each living seconds.",
  ),
  ask(
    "toleratedNodeFailures",
    "number",
    "How many node failures at once must Vault survive?",
    "Three nodes survive one, five survive two.",
  ),
  ask(
    "vaultEnterprise",
    "boolean",
    "Is Vault Enterprise licensed?",
    "It brings namespaces; without it environments are kept apart by path.",
  ),
  ask(
    "existingConsulStorage",
    "boolean",
    "Does a Vault with Consul storage already run?",
    "New clusters use Raft; an existing one may stay.",
  ),
];

const yesWords = new Set(["yes", "y", "true", "1"]);
const noWords = new Set(["no", "n", "false", "0"]);
const unknownWords = new Set(["", "?", "unknown", "null", "skip"]);
const listFields: ReadonlySet<ProfileField> = new Set([
  "complianceDuties",
  "environmentNames",
  "clouds",
]);
const numberFields: ReadonlySet<ProfileField> = new Set([
  "secretCount",
  "environmentCount",
  "developerCount",
  "operationsHoursPerWeek",
  "operationsPeople",
  "toleratedNodeFailures",
]);

function readText(field: ProfileField, text: string): unknown {
  if (listFields.has(field)) {
    if (text.toLowerCase() === "none") return [];
    return text
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
  }
  if (numberFields.has(field)) return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (field === "orchestrator") return text.toLowerCase();
  const word = text.toLowerCase();
  if (yesWords.has(word)) return true;
  if (noWords.has(word)) return false;
  throw new ProfileError("answer", [{ path: [field], message: "must be yes, no or unknown" }]);
}

/**
 * Reads one answer typed at a terminal or given as a flag.
 *
 * Numbers in digits; `yes`/`no` (also `y`, `n`, `true`, `false`); lists separated by commas, `none`
 * for an empty one; nothing, `?`, `unknown` or `skip` for unknown, which returns null.
 *
 * @throws {ProfileError} when the field is not known or the text is not an answer to it
 * @example
 * parseAnswerText("complianceDuties", "soc2, hipaa"); // ["soc2", "hipaa"]
 */
export function parseAnswerText<Field extends ProfileField>(
  field: Field,
  text: string,
): ProfileValues[Field] | null {
  if (!profileFields.includes(field)) {
    const suggestion = nearestName(field, profileFields);
    const issue = { path: [field], message: "unknown key" };
    throw new ProfileError("answer", [suggestion === undefined ? issue : { ...issue, suggestion }]);
  }
  const trimmed = text.trim();
  if (unknownWords.has(trimmed.toLowerCase())) return null;
  const schema: v.GenericSchema = valueSchemas[field];
  const result = v.safeParse(schema, readText(field, trimmed));
  if (!result.success) {
    const error = profileErrorFrom("answer", result.issues, () => []);
    const issues = error.issues.map((issue) => ({ ...issue, path: [field, ...issue.path] }));
    throw new ProfileError("answer", issues);
  }
  return result.output as ProfileValues[Field];
}
