import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ConfigError } from "../errors/classes.js";
import type { Position } from "./parse-file.js";
import { didYouMean } from "./suggest.js";
import { isMap } from "../runtime/is-map.js";

/** Where the data comes from, for messages. */
export interface CheckSource {
  /** Such as `kinko.config.yaml` or `the config`. */
  readonly label: string;
  /** Path of the checked data inside the whole config. */
  readonly path: readonly PropertyKey[];
  readonly position: (path: readonly PropertyKey[]) => Position | undefined;
}

/**
 * Validates data by a Standard Schema.
 * @throws ConfigError that lists every issue with line and column. Values are never quoted: an
 * option may hold a token.
 */
export async function checkBySchema<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  data: unknown,
  source: CheckSource,
): Promise<Output> {
  const result = await schema["~standard"].validate(data);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.flatMap(insideOfUnion).flatMap(withUnknownKeys);
  const problems = issues.map((issue) => describeIssue(issue, schema, data, source));
  const unknown = issues.some(isUnknownKey);
  throw new ConfigError(problems.join(" "), {
    operation: "open",
    reason: unknown ? "unknown-option" : "invalid-option",
    advice: "Correct the setting that is named here.",
  });
}

/** Keys of the path of an issue. */
export function issuePath(issue: StandardSchemaV1.Issue): PropertyKey[] {
  return (issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part));
}

/** Of "a map or false" only the map has something inside; what is wrong there is what people want to know. */
function insideOfUnion(issue: StandardSchemaV1.Issue): StandardSchemaV1.Issue[] {
  const { type, issues } = issue as { readonly type?: unknown; readonly issues?: unknown };
  if (type !== "union" || !Array.isArray(issues)) return [issue];
  const inside = (issues as StandardSchemaV1.Issue[]).filter(({ path = [] }) => path.length > 0);
  if (inside.length === 0) return [issue];
  return inside.flatMap((each) =>
    insideOfUnion({ ...each, path: [...(issue.path ?? []), ...(each.path ?? [])] }),
  );
}

/** zod reports all unknown keys of an object as one issue of that object; here each has its own. */
function withUnknownKeys(issue: StandardSchemaV1.Issue): StandardSchemaV1.Issue[] {
  const { code, keys } = issue as { readonly code?: unknown; readonly keys?: unknown };
  if (code !== "unrecognized_keys" || !Array.isArray(keys)) return [issue];
  const path = issue.path ?? [];
  return keys.map((key) => ({ ...issue, path: [...path, String(key)] }));
}

function describeIssue(
  issue: StandardSchemaV1.Issue,
  schema: unknown,
  data: unknown,
  source: CheckSource,
): string {
  const keys = issuePath(issue);
  const path = [...source.path, ...keys];
  const at = source.position(path);
  const where = at === undefined ? source.label : `${source.label}:${at.line}:${at.column}`;
  const option = path.map(String).join(".") || "the top level";
  if (isUnknownKey(issue)) {
    const known = knownKeys(schema, keys.slice(0, -1));
    const suggestion = didYouMean(String(keys.at(-1)), known);
    // Many tools have the options of a plug-in under its bare name.
    const misplaced = suggestion === "" && path.length === 1 && isMap(valueAt(data, keys));
    const hint = misplaced
      ? ` Options of a provider belong under providers.${option}.`
      : suggestion;
    return `${where}: unknown option "${option}".${hint}`;
  }
  return `${where}: "${option}" ${problemOf(issue, valueAt(data, keys))}.`;
}

/** As valibot and zod report keys of strict objects. */
function isUnknownKey(issue: StandardSchemaV1.Issue): boolean {
  const details = issue as { readonly expected?: unknown; readonly code?: unknown };
  return details.expected === "never" || details.code === "unrecognized_keys";
}

function problemOf(issue: StandardSchemaV1.Issue, value: unknown): string {
  const { kind, expected } = issue as { readonly kind?: unknown; readonly expected?: unknown };
  if (kind === "schema" && typeof expected === "string") {
    return (issue as { readonly received?: unknown }).received === "undefined"
      ? "is missing"
      : `must be ${expected === "Object" ? "a map of keys and values" : expected.replaceAll('"', "'")}`;
  }
  // The default messages of schema libraries end with what they received, which may be a token.
  const message = issue.message
    .replace(/[,:;(]?\s*(but )?(received|got|was)\b[\s\S]*$/iu, "")
    .trim()
    .replace(/\.$/u, "");
  return message === "" || quotes(message, value) ? "is not valid" : message;
}

/** Whether a message of a schema repeats the value, which its author may have put anywhere in it. */
function quotes(message: string, value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some((part) => quotes(message, part));
  }
  return typeof value === "string" && value.length > 2 && message.includes(value);
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let current = data;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

/** Option names of an object schema, for suggestions; empty for libraries that do not show them. */
function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const key of path) current = entriesOf(current)?.[String(key)] ?? elementOf(current);
  return Object.keys(entriesOf(current) ?? {});
}

/** Schema of the items of an array or the values of a record. */
function elementOf(schema: unknown): unknown {
  let current = schema;
  for (let depth = 0; depth < 5 && typeof current === "object" && current !== null; depth += 1) {
    const { item, element, value, wrapped, pipe } = current as Record<string, unknown>;
    const found = item ?? element ?? value;
    if (found !== undefined) return found;
    current = wrapped ?? (Array.isArray(pipe) ? (pipe[0] as unknown) : undefined);
  }
  return undefined;
}

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  let current = schema;
  // Through optional(), nullable() and pipe() of valibot to the object inside.
  for (let depth = 0; depth < 5 && typeof current === "object" && current !== null; depth += 1) {
    const { entries, shape, wrapped, pipe, options } = current as Record<string, unknown>;
    const found = entries ?? shape;
    if (typeof found === "object" && found !== null) return found as Record<string, unknown>;
    if (Array.isArray(options)) {
      return Object.assign({}, ...options.map((option) => entriesOf(option) ?? {})) as Record<
        string,
        unknown
      >;
    }
    current = wrapped ?? (Array.isArray(pipe) ? pipe[0] : undefined);
  }
  return undefined;
}
