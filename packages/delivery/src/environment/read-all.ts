import {
  NotFoundError,
  formatRef,
  isAbsence,
  parseRef,
  type RefInput,
  type Secret,
  type SecretError,
  type SecretStore,
} from "@kinko/core";
import type { EnvironmentOptions } from "./environment.js";

/** Something that needs a secret. */
export interface Wanted {
  /** How messages call what needs it, such as the variable `DB_PASSWORD`. */
  readonly name: string;
  readonly ref: RefInput;
}

/**
 * Reads everything that is wanted, each secret once.
 *
 * @returns a function that gives the secret of a ref, and another that zeroes all.
 * @throws NotFoundError with the reason `missing-secrets`, naming everything that is missing at
 * once; a refusal or an outage is thrown as it is.
 */
export async function readAll(
  store: SecretStore,
  wanted: readonly Wanted[],
  options: EnvironmentOptions,
): Promise<Map<string, Secret>> {
  const refs = wanted.map(({ ref }) => parseRef(ref));
  const failures = new Map<string, SecretError>();
  const found = await store.getMany(refs, {
    signal: options.signal,
    timeoutMs: options.timeoutMs,
    onError: (ref, error) => failures.set(ref, error),
  });
  if (failures.size === 0) return found;
  for (const secret of found.values()) secret.dispose();
  const graver = [...failures.values()].find((error) => !isAbsence(error));
  if (graver !== undefined) throw graver;
  const missing = wanted.flatMap(({ name }, index) => {
    const text = formatRef(refs[index] as (typeof refs)[number]);
    const failure = failures.get(text);
    return failure === undefined ? [] : [`${name} (${text}: ${failure.code})`];
  });
  throw new NotFoundError(
    missing.length === 1
      ? `A secret is missing: ${missing[0]}.`
      : `${missing.length} secrets are missing: ${missing.join(", ")}.`,
    {
      provider: store.provider,
      operation: "get",
      reason: "missing-secrets",
      advice: "Write them, or correct the references.",
    },
  );
}
