import type { PatchCapability } from "../capabilities/capability-map.js";
import type { FeatureName, FeatureSupport } from "../capabilities/features.js";
import {
  AlreadyExistsError,
  ConflictError,
  InvalidValueError,
  UnsupportedError,
} from "../errors/classes.js";
import { isSecretError, type SecretError } from "../errors/secret-error.js";
import type { CallOptions, PutResult } from "../provider.js";
import { formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import { parseJson, toCanonicalJson } from "../secret/json.js";
import { isSecret, Secret } from "../secret/secret.js";
import type { PatchOptions, PutOptions } from "./secret-store.js";

/** How often a change is tried on a newer version before it is given up. */
const maxAttempts = 30;

/** Attempts that follow each other at once; writers in lock-step need pauses to get apart. */
const promptAttempts = 3;

/** Longest pause between two attempts, in milliseconds. */
const maxPauseMs = 200;

interface PatchPort {
  /** What the caller called, for errors: `patch`, or `put` with a field. */
  readonly operation: string;
  readonly provider: string;
  readonly features: Readonly<Record<FeatureName, FeatureSupport>>;
  readonly native: PatchCapability | undefined;
  readonly wrap: (ref: SecretRef, error: unknown) => SecretError;
  /** All requests of one change share the time that the caller allowed. */
  readonly run: <Result>(
    ref: SecretRef,
    work: (call: CallOptions) => Promise<Result>,
  ) => Promise<Result>;
  readonly pause: (delayMs: number) => Promise<void>;
  readonly get: (ref: SecretRef) => Promise<Secret>;
  readonly put: (
    ref: SecretRef,
    value: Secret,
    options: Pick<PutOptions, "ifVersion" | "tags">,
  ) => Promise<PutResult>;
}

interface PatchFieldsOptions extends PatchOptions {
  /**
   * As put does: start from an empty object when there is no secret, and take null as a value and
   * not as the wish to remove the field.
   */
  readonly createIfAbsent?: boolean;
  readonly ifVersion?: string | undefined;
  readonly tags?: PutOptions["tags"];
}

/**
 * Changes fields of a JSON secret atomically: by the provider's own patch, or by reading and
 * writing under check-and-set, repeated when somebody else was faster.
 */
export async function patchFields(
  port: PatchPort,
  ref: SecretRef,
  fields: ReadonlyMap<string, unknown>,
  options: PatchFieldsOptions,
): Promise<PutResult> {
  const whole: SecretRef = { path: ref.path };
  const values = toJsonValues(port, ref, fields);
  const native = port.native;
  if (native !== undefined && options.createIfAbsent !== true && options.tags === undefined) {
    return port.run(whole, ({ signal }) =>
      native.patch(ref.path, values, { signal, ifVersion: options.ifVersion }),
    );
  }
  const atomic = port.features.checkAndSet.support !== "unsupported";
  if (!atomic && options.nonAtomic !== true) {
    throw new UnsupportedError(
      `The provider ${port.provider} cannot change a single field atomically.`,
      {
        provider: port.provider,
        operation: port.operation,
        ref: formatRef(ref),
        reason: "no-patch",
        advice: "Write the whole secret, or allow a non-atomic change with nonAtomic: true.",
      },
    );
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptPatch(port, whole, values, options, atomic);
    } catch (error) {
      const lostRace = isSecretError(error, "Conflict") || isSecretError(error, "AlreadyExists");
      if (!lostRace || options.ifVersion !== undefined || attempt === maxAttempts) throw error;
    }
    if (attempt >= promptAttempts) {
      await port.pause(Math.random() * Math.min(2 ** attempt, maxPauseMs));
    }
  }
}

async function attemptPatch(
  port: PatchPort,
  ref: SecretRef,
  values: ReadonlyMap<string, unknown>,
  options: PatchFieldsOptions,
  atomic: boolean,
): Promise<PutResult> {
  const current = await getOrUndefined(port, ref, options.createIfAbsent === true);
  const version = current?.metadata?.version;
  checkExpected(port, ref, options.ifVersion, current);
  const merged = mergeFields(current, values, options.createIfAbsent === true, port, ref);
  try {
    return await port.put(ref, merged, {
      tags: options.tags,
      ifVersion: atomic ? (version ?? "absent") : undefined,
    });
  } finally {
    merged.dispose();
  }
}

function checkExpected(
  port: PatchPort,
  ref: SecretRef,
  expected: string | undefined,
  current: Secret | undefined,
): void {
  if (expected === undefined || (expected === "absent" && current === undefined)) return;
  if (expected === current?.metadata?.version) return;
  current?.dispose();
  throw expected === "absent"
    ? port.wrap(
        ref,
        new AlreadyExistsError("A secret with this name exists already.", {
          advice: "Leave out ifVersion to change a field of it.",
        }),
      )
    : port.wrap(
        ref,
        new ConflictError("The secret is not at the version that you expected.", {
          advice: "Read it again, and repeat the change on the newest version.",
        }),
      );
}

async function getOrUndefined(
  port: PatchPort,
  ref: SecretRef,
  createIfAbsent: boolean,
): Promise<Secret | undefined> {
  try {
    return await port.get(ref);
  } catch (error) {
    if (createIfAbsent && isSecretError(error, "NotFound")) return undefined;
    throw error;
  }
}

function mergeFields(
  current: Secret | undefined,
  values: ReadonlyMap<string, unknown>,
  nullIsValue: boolean,
  port: PatchPort,
  ref: SecretRef,
): Secret {
  try {
    const merged = new Map(current === undefined ? [] : Object.entries(fieldsOf(current)));
    for (const [name, value] of values) {
      if (value === null && !nullIsValue) merged.delete(name);
      else merged.set(name, value);
    }
    return Secret.json(Object.fromEntries(merged));
  } catch (error) {
    throw port.wrap(ref, error);
  } finally {
    current?.dispose();
  }
}

function fieldsOf(secret: Secret): Readonly<Record<string, unknown>> {
  const value = secret.kind === "json" ? secret.json() : undefined;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new InvalidValueError("Only a JSON object has fields that can be changed.", {
    reason: "no-fields",
    advice: "Write the whole secret with put.",
  });
}

function toJsonValues(
  port: PatchPort,
  ref: SecretRef,
  fields: ReadonlyMap<string, unknown>,
): Map<string, unknown> {
  try {
    return new Map([...fields].map(([name, value]) => [name, toJsonValue(value)]));
  } catch (error) {
    throw port.wrap(ref, error);
  }
}

function toJsonValue(value: unknown): unknown {
  // What JSON would drop or change must not reach a driver, which might let it pass.
  if (!isSecret(value)) return parseJson(toCanonicalJson(value));
  if (value.kind === "binary") {
    throw new InvalidValueError("A field of a JSON secret cannot be binary.", {
      reason: "binary-field",
      advice: "Encode it as text, for example base64, or store it as a secret of its own.",
    });
  }
  return value.kind === "json" ? value.json() : value.text();
}
