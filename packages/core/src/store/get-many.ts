import type { BulkGetCapability } from "../capabilities/capability-map.js";
import { InternalError } from "../errors/classes.js";
import type { SecretError } from "../errors/secret-error.js";
import type { ProviderSecret } from "../provider.js";
import { formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Secret } from "../secret/secret.js";
import type { GetManyOptions } from "./secret-store.js";

interface GetManyPort {
  /** Reads a whole secret. */
  readonly read: (ref: SecretRef) => Promise<Secret>;
  /** Reads at a time, unless the caller says. */
  readonly concurrency: number;
  readonly bulk: BulkGetCapability | undefined;
  readonly runBulk: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
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
      : await readInBulk(sources, port.bulk, port);

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

function withoutField({ path, version }: SecretRef): SecretRef {
  return version === undefined ? { path } : { path, version };
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
): Promise<Map<string, Outcome>> {
  const refs = [...sources.values()];
  const results = await port.runBulk((signal) => bulk.getMany(refs, { signal }));
  return new Map(
    [...sources].map(([text, ref], index): [string, Outcome] => {
      try {
        const result = results[index];
        if (result === undefined) throw shortAnswer();
        if ("error" in result) return [text, { error: port.wrap(ref, result.error) }];
        return [text, { secret: port.toSecret(ref, result.secret) }];
      } catch (error) {
        return [text, { error: port.wrap(ref, error) }];
      }
    }),
  );
}

function shortAnswer(): InternalError {
  return new InternalError("The provider answered for fewer secrets than it was asked for.", {
    reason: "short-bulk-answer",
    advice: "Report it to the maintainers of the provider.",
  });
}
