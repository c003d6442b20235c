import { cancellationOf, type CallOptions } from "../provider.js";
import { isSecretError } from "../errors/secret-error.js";
import type { CallEndEvent } from "../events/store-events.js";
import type { SecretRef } from "../refs/ref.js";
import type { Secret } from "../secret/secret.js";
import type { Flight } from "./flight.js";
import type { ReadCache } from "./read-cache.js";

/** How one caller wants to read. */
export interface CachedReadOptions {
  /** The reference as it was written, when it was a text. */
  readonly text?: string | undefined;
  readonly timeoutMs: number;
  readonly fresh?: boolean | undefined;
  readonly allowStale?: boolean | undefined;
}

/** A secret and where it came from. */
export interface ReadResult {
  readonly secret: Secret;
  readonly source: NonNullable<CallEndEvent["source"]>;
}

/** Waits for a flight under the caller's own deadline and signal. */
export type WaitFor = (
  timeoutMs: number,
  work: (call: CallOptions) => Promise<Secret>,
) => Promise<Secret>;

/**
 * Reads through the cache: a fresh value, else the store's answer, which callers of the same moment
 * share, else the last known value while the store cannot answer.
 */
export async function readCached(
  cache: ReadCache,
  ref: SecretRef,
  options: CachedReadOptions,
  waitFor: WaitFor,
): Promise<ReadResult> {
  const fresh = options.fresh === true;
  if (!fresh) {
    const secret = cache.hit(ref, options.text);
    if (secret !== undefined) return { secret, source: "cache" };
  }
  const staleWaitMs = fresh || options.allowStale === false ? undefined : cache.staleWait(ref);
  const join = (anew: boolean): Flight =>
    cache.flight(ref, {
      timeoutMs: options.timeoutMs,
      fresh: anew,
      hasStale: staleWaitMs !== undefined,
    });
  try {
    const secret = await ask(ref, join, fresh, waitFor, {
      ...options,
      timeoutMs: Math.min(options.timeoutMs, staleWaitMs ?? Infinity),
    });
    return { secret, source: "store" };
  } catch (error) {
    const stale =
      staleWaitMs !== undefined && isSecretError(error) ? cache.stale(ref, error) : undefined;
    if (stale === undefined) throw error;
    return { secret: stale, source: "stale" };
  }
}

async function ask(
  ref: SecretRef,
  join: (anew: boolean) => Flight,
  fresh: boolean,
  waitFor: WaitFor,
  { timeoutMs }: CachedReadOptions,
): Promise<Secret> {
  let flight = join(fresh);
  const isFirst = flight.join();
  const change = (): void => {
    const next = join(false);
    next.join();
    flight.leave();
    flight = next;
  };
  try {
    await waitFor(timeoutMs, async (call) => {
      try {
        return await flight.result;
      } catch (error) {
        // The time of whoever asked first is over, and not that of those who joined later.
        const isOver = isSecretError(error, "Timeout") || isSecretError(error, "Aborted");
        if (isFirst || cancellationOf(call).aborted || !isOver) throw error;
        change();
        return flight.result;
      }
    });
    const whole = await flight.result;
    return ref.field === undefined ? whole.copy() : whole.field(ref.field);
  } finally {
    flight.leave();
  }
}
