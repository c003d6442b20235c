import type { PatchCapability } from "../capabilities/capability-map.js";
import type { FeatureName, FeatureSupport } from "../capabilities/features.js";
import { ConflictError, InvalidValueError, UnsupportedError } from "../errors/classes.js";
import { isSecretError } from "../errors/secret-error.js";
import type { PutResult } from "../provider.js";
import { formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import { isSecret, Secret } from "../secret/secret.js";
import type { PatchOptions, PutOptions, StoreCallOptions } from "./secret-store.js";

/** How often a change is repeated on a newer version before it is given up. */
const maxAttempts = 10;

interface PatchPort {
  /** What the caller called, for errors: `patch`, or `put` with a field. */
  readonly operation: string;
  readonly provider: string;
  readonly features: Readonly<Record<FeatureName, FeatureSupport>>;
  readonly native: PatchCapability | undefined;
  readonly run: <Result>(
    ref: SecretRef,
    options: StoreCallOptions,
    work: (signal: AbortSignal) => Promise<Result>,
  ) => Promise<Result>;
  readonly get: (ref: SecretRef, options: StoreCallOptions) => Promise<Secret>;
  readonly put: (ref: SecretRef, value: Secret, options: PutOptions) => Promise<PutResult>;
}

interface PatchFieldsOptions extends PatchOptions {
  /** Start from an empty object when there is no secret. */
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
  const values = new Map([...fields].map(([name, value]) => [name, toJsonValue(value)]));
  const whole: SecretRef = { path: ref.path };
  const native = port.native;
  if (native !== undefined && options.createIfAbsent !== true && options.tags === undefined) {
    return port.run(whole, options, (signal) =>
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
  }
}

async function attemptPatch(
  port: PatchPort,
  ref: SecretRef,
  values: ReadonlyMap<string, unknown>,
  options: PatchFieldsOptions,
  atomic: boolean,
): Promise<PutResult> {
  const { signal, timeoutMs, tags } = options;
  const callOptions = { signal, timeoutMs };
  const current = await getOrUndefined(port, ref, callOptions, options.createIfAbsent === true);
  const version = current?.metadata?.version;
  if (
    options.ifVersion === "absent" ? current !== undefined : differs(options.ifVersion, version)
  ) {
    throw new ConflictError("The secret is not at the version that you expected.", {
      provider: port.provider,
      operation: port.operation,
      ref: formatRef(ref),
      advice: "Read it again, and repeat the change on the newest version.",
    });
  }
  const merged = mergeFields(current, values, port, ref);
  current?.dispose();
  return port.put(ref, merged, {
    ...callOptions,
    tags,
    ifVersion: atomic ? (version ?? "absent") : undefined,
  });
}

function differs(expected: string | undefined, actual: string | undefined): boolean {
  return expected !== undefined && expected !== actual;
}

async function getOrUndefined(
  port: PatchPort,
  ref: SecretRef,
  options: StoreCallOptions,
  createIfAbsent: boolean,
): Promise<Secret | undefined> {
  try {
    return await port.get(ref, options);
  } catch (error) {
    if (createIfAbsent && isSecretError(error, "NotFound")) return undefined;
    throw error;
  }
}

function mergeFields(
  current: Secret | undefined,
  values: ReadonlyMap<string, unknown>,
  { provider, operation }: PatchPort,
  ref: SecretRef,
): Secret {
  const parsed =
    current === undefined ? Object.create(null) : current.kind === "json" && current.json();
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new InvalidValueError("Only a JSON object has fields that can be changed.", {
      provider,
      operation,
      ref: formatRef(ref),
      reason: "no-fields",
      advice: "Write the whole secret with put.",
    });
  }
  const merged = Object.assign(Object.create(null), parsed) as Record<string, unknown>;
  for (const [name, value] of values) {
    if (value === null) delete merged[name];
    else merged[name] = value;
  }
  return Secret.json(merged);
}

function toJsonValue(value: unknown): unknown {
  if (!isSecret(value)) return value;
  if (value.kind === "binary") {
    throw new InvalidValueError("A field of a JSON secret cannot be binary.", {
      reason: "binary-field",
      advice: "Encode it as text, for example base64, or store it as a secret of its own.",
    });
  }
  return value.kind === "json" ? value.json() : value.text();
}
