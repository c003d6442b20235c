import type { BulkGetCapability } from "../capabilities/capability-map.js";
import { InternalError } from "../errors/classes.js";
import type { SecretError } from "../errors/secret-error.js";
import type { CallOptions, ProviderSecret } from "../provider.js";
import { formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import { withoutField } from "../refs/without-field.js";
import type { ReadCache } from "../resilience/read-cache.js";
import type { Secret } from "../secret/secret.js";
import type { GetManyOptions } from "./secret-store.js";

interface GetManyPort {
  /** Reads a whole secret. */
  readonly read: (ref: SecretRef) => Promise<Secret>;
  /** Reads at a time, unless the caller says. */
  readonly concurrency: number;
  readonly bulk: BulkGetCapability | undefined;
  /** Where bulk reads look first, and keep what they bring. */
  readonly cache: ReadCache | undefined;
  readonly runBulk: <Result>(work: (call: CallOptions) => Promise<Result>) => Promise<Result>;
  readonly toSecret: (ref: SecretRef, found: ProviderSecret) => Secret;
  readonly wrap: (ref: SecretRef, error: unknown) => SecretError;
}

type Outcome = { readonly secret: Secret } | { readonly error: SecretError };

/**
 * Reads several refs, in bulk where the provider can. Refs to fields of the same version of the
 * same secret share one read, so that a user and its password always belong together.
 */
export async function getMany(
  refs: readonly SecretRef[],
  options: GetManyOptions,
  port: GetManyPort,
): Promise<Map<string, Secret>> {
  const asked = new Map(refs.map((ref) => [formatRef(ref), ref]));
  const sources = new Map(
    [...asked.values()].map(withoutField).map((ref) => [formatRef(ref), ref]),
  );
  const failFast = typeof options.onError !== "function";
  const outcomes =
    port.bulk === undefined
      ? await readEach(sources, options.concurrency, failFast, port)
      : await readInBulk(sources, port.bulk, port, options);

  const found = new Map<string, Secret>();
  const failed = new Map<string, SecretError>();
  for (const [text, ref] of asked) {
    const outcome = outcomes.get(formatRef(withoutField(ref)));
    // Absent only when an earlier failure has ended the call.
    if (outcome === undefined) continue;
    const picked = pick(ref, outcome, port);
    if ("secret" in picked) found.set(text, picked.secret);
    else failed.set(text, picked.error);
  }
  const handedOut = new Set(failFast && failed.size > 0 ? [] : found.values());
  for (const outcome of [...outcomes.values(), ...toOutcomes(found)]) {
    if ("secret" in outcome && !handedOut.has(outcome.secret)) outcome.secret.dispose();
  }
  for (const [text, error] of failed) {
    if (typeof options.onError !== "function") throw error;
    options.onError(text, error);
  }
  return found;
}

function toOutcomes(found: ReadonlyMap<string, Secret>): Outcome[] {
  return [...found.values()].map((secret) => ({ secret }));
}

function pick(ref: SecretRef, outcome: Outcome, port: GetManyPort): Outcome {
  if ("error" in outcome || ref.field === undefined) return outcome;
  try {
    return { secret: outcome.secret.field(ref.field) };
  } catch (error) {
    return { error: port.wrap(ref, error) };
  }
}

async function readEach(
  sources: ReadonlyMap<string, SecretRef>,
  concurrency: number | undefined,
  failFast: boolean,
  port: GetManyPort,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let stopped = false;
  const queue = sources.entries();
  const worker = async (): Promise<void> => {
    for (const [text, ref] of queue) {
      if (stopped) return;
      try {
        outcomes.set(text, { secret: await port.read(ref) });
      } catch (error) {
        outcomes.set(text, { error: port.wrap(ref, error) });
        stopped = failFast;
      }
    }
  };
  const workers = Math.max(1, Math.floor(concurrency ?? port.concurrency) || port.concurrency);
  await Promise.all(Array.from({ length: Math.min(workers, sources.size) }, worker));
  return outcomes;
}

async function readInBulk(
  sources: ReadonlyMap<string, SecretRef>,
  bulk: BulkGetCapability,
  port: GetManyPort,
  { fresh, allowStale }: GetManyOptions,
): Promise<Map<string, Outcome>> {
  const { cache } = port;
  const outcomes = new Map<string, Outcome>();
  for (const [text, ref] of fresh === true ? [] : sources) {
    const secret = cache?.hit(ref);
    if (secret !== undefined) outcomes.set(text, { secret });
  }
  const missing = [...sources].filter(([text]) => !outcomes.has(text));
  if (missing.length === 0) return outcomes;
  const stale = (ref: SecretRef, error: SecretError): Outcome => {
    const usable = fresh === true || allowStale === false ? undefined : cache?.stale(ref, error);
    return usable === undefined ? { error } : { secret: usable };
  };
  const since = cache?.mark();
  let results: Awaited<ReturnType<BulkGetCapability["getMany"]>>;
  try {
    const refs = missing.map(([, ref]) => ref);
    results = await port.runBulk((call) => bulk.getMany(refs, call));
  } catch (error) {
    // A refusal of all takes away what is known of each, also for later reads.
    for (const [, ref] of missing) cache?.failed(ref, error);
    // The request failed as a whole, so the call does, unless there is something to serve for each.
    const failed = missing.map(([text, ref]) => [text, stale(ref, port.wrap(ref, error))] as const);
    for (const [text, outcome] of failed) outcomes.set(text, outcome);
    if (failed.every(([, outcome]) => "secret" in outcome)) return outcomes;
    for (const outcome of outcomes.values()) if ("secret" in outcome) outcome.secret.dispose();
    throw error;
  }
  for (const [index, [text, ref]] of missing.entries()) {
    try {
      const result = results[index];
      if (result === undefined) throw shortAnswer();
      if ("error" in result) throw port.wrap(ref, result.error);
      const secret = port.toSecret(ref, result.secret);
      if (since !== undefined) cache?.keep(ref, secret, since);
      outcomes.set(text, { secret });
    } catch (error) {
      const wrapped = port.wrap(ref, error);
      cache?.failed(ref, wrapped);
      outcomes.set(text, stale(ref, wrapped));
    }
  }
  return outcomes;
}

function shortAnswer(): InternalError {
  return new InternalError("The provider answered for fewer secrets than it was asked for.", {
    reason: "short-bulk-answer",
    advice: "Report it to the maintainers of the provider.",
  });
}
