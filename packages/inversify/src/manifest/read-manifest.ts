import {
  InvalidValueError,
  NotFoundError,
  formatIssuePath,
  formatRef,
  isAbsence,
  isSecret,
  type Secret,
  type JsonValue,
  type SecretError,
  type SecretStore,
} from "@kinko/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { AnyManifest, CheckedEntry } from "./manifest.js";

/** The values of a manifest by name, or of its schema. */
export type Values = Readonly<Record<string, unknown>>;

/** Something that is not as the application needs it; never with a value. */
interface Problem {
  readonly kind: "missing" | "invalid";
  readonly text: string;
}

/**
 * Reads and checks manifests.
 *
 * @returns the object of each, in order
 * @throws NotFoundError with the reason `missing-secrets` or InvalidValueError with the reason
 * `manifest-mismatch`, naming everything that is wrong, in all manifests, at once; a refusal or an
 * outage is thrown as it is. No value is left behind.
 */
export async function readManifests(
  store: SecretStore,
  manifests: readonly AnyManifest[],
): Promise<Values[]> {
  const failures = new Map<string, SecretError>();
  const refs = manifests.flatMap(({ entries }) => [...entries.values()].map(({ ref }) => ref));
  const secrets = await store.getMany(refs, {
    onError: (ref, error) => failures.set(ref, error),
  });
  const problems: Problem[] = [];
  const results: Values[] = [];
  try {
    const graver = [...failures.values()].find((error) => !isAbsence(error));
    if (graver !== undefined) throw graver;
    for (const manifest of manifests) {
      results.push(await valuesOf(manifest, { secrets, failures, problems }));
    }
    if (problems.length > 0) throw failureOf(problems, store);
    return results;
  } catch (error) {
    for (const values of results) disposeValues(values);
    throw error;
  } finally {
    for (const secret of secrets.values()) secret.dispose();
  }
}

/** Zeroes the secrets among the values. Strings and objects that a schema made cannot be erased. */
export function disposeValues(values: Values): void {
  for (const value of Object.values(values)) {
    if (isSecret(value)) value.dispose();
  }
}

interface Reading {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly failures: ReadonlyMap<string, SecretError>;
  readonly problems: Problem[];
}

async function valuesOf(manifest: AnyManifest, reading: Reading): Promise<Values> {
  const values = Object.create(null) as Record<string, unknown>;
  let complete = true;
  for (const [name, entry] of manifest.entries) {
    const outcome = await valueOf(name, entry, manifest.schema !== undefined, reading);
    if (outcome === undefined) complete = false;
    else if ("value" in outcome) values[name] = outcome.value;
  }
  if (manifest.schema === undefined) return Object.freeze(redacted({ ...values }));
  if (!complete) return {};
  return redacted((await checkWhole(manifest, manifest.schema, values, reading)) as Values);
}

/** Undefined when it is wrong, and then noted as a problem. */
async function valueOf(
  name: string,
  entry: CheckedEntry,
  forSchema: boolean,
  { secrets, failures, problems }: Reading,
): Promise<{ value: unknown } | { absent: true } | undefined> {
  const ref = formatRef(entry.ref);
  const secret = secrets.get(ref);
  if (secret === undefined) {
    const code = failures.get(ref)?.code ?? "NotFound";
    if (entry.optional && code === "NotFound") return { absent: true };
    problems.push({ kind: "missing", text: `${name} (${ref}: ${code})` });
    return undefined;
  }
  if (entry.schema === undefined && !forSchema) return { value: secret.copy() };
  const input = inputOf(secret);
  if (entry.schema === undefined) return { value: input };
  const result = await validate(entry.schema, input);
  if (result.issues === undefined) return { value: result.value };
  // The messages of schemas may quote what they were given, so only places are named.
  const places = result.issues.map((issue) => formatIssuePath(issue.path)).join(", ");
  problems.push({ kind: "invalid", text: `${name} (${ref}: does not fit at ${places})` });
  return undefined;
}

/** A schema that throws has found something wrong too, and its own error may quote the value. */
async function validate(
  schema: StandardSchemaV1,
  input: unknown,
): Promise<StandardSchemaV1.Result<unknown>> {
  try {
    return await schema["~standard"].validate(input);
  } catch {
    return { issues: [{ message: "the schema failed" }] };
  }
}

async function checkWhole(
  manifest: AnyManifest,
  schema: StandardSchemaV1,
  values: Values,
  { problems }: Reading,
): Promise<unknown> {
  const result = await validate(schema, { ...values });
  if (result.issues === undefined) return result.value;
  const reported = new Set<string>();
  for (const issue of result.issues) {
    const [first, ...rest] = issue.path ?? [];
    const name = String(typeof first === "object" ? first.key : (first ?? "the manifest"));
    const entry = manifest.entries.get(name);
    const ref = entry === undefined ? "no reference" : formatRef(entry.ref);
    const missing = entry !== undefined && !(name in values);
    const text = missing
      ? `${name} (${ref}: NotFound)`
      : `${name} (${ref}: does not fit at ${formatIssuePath(rest)})`;
    if (!reported.has(text)) problems.push({ kind: missing ? "missing" : "invalid", text });
    reported.add(text);
  }
  return {};
}

function inputOf(secret: Secret): string | JsonValue | Buffer {
  if (secret.kind === "binary") return secret.bytes();
  return secret.kind === "json" ? plain(secret.json()) : secret.text();
}

/** With the usual prototypes, which some schema libraries ask of a plain object. */
function plain(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** Logging the object shows its names. What a service takes out of it is that service's to guard. */
function redacted(values: Values): Values {
  if (typeof values !== "object" || values === null || !Object.isExtensible(values)) return values;
  const show = (): Record<string, string> =>
    Object.fromEntries(Object.keys(values).map((name) => [name, "[secret]"]));
  for (const key of ["toJSON", Symbol.for("nodejs.util.inspect.custom")]) {
    if (!(key in values)) Object.defineProperty(values, key, { value: show });
  }
  return values;
}

function failureOf(problems: readonly Problem[], store: SecretStore): SecretError {
  const missing = problems.filter(({ kind }) => kind === "missing").map(({ text }) => text);
  const invalid = problems.filter(({ kind }) => kind === "invalid").map(({ text }) => text);
  const details = { provider: store.provider, operation: "get" };
  const parts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(invalid.length > 0 ? [`invalid: ${invalid.join(", ")}`] : []),
  ];
  const what = `The application's secrets are not complete; ${parts.join("; ")}.`;
  return invalid.length === 0
    ? new NotFoundError(what, {
        ...details,
        reason: "missing-secrets",
        advice: "Write them, or correct the references in the manifest.",
      })
    : new InvalidValueError(what, {
        ...details,
        reason: "manifest-mismatch",
        advice: "Correct these secrets, or what the manifest expects of them.",
      });
}
