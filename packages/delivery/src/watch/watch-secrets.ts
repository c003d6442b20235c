import {
  formatRef,
  InvalidValueError,
  isSecretError,
  parsePrefix,
  parseRef,
  systemClock,
  type Clock,
  type RefInput,
  type SecretErrorCode,
  type SecretPath,
  type SecretRef,
  type SecretStore,
} from "@kinko/core";
import { PushedChanges } from "./pushed-changes.js";
import { createStampReader, type Stamp } from "./stamp.js";

/** What to watch, and how. */
export interface WatchSecretsOptions {
  readonly refs?: readonly RefInput[] | undefined;
  /** Everything beneath these, also what comes later. */
  readonly prefixes?: readonly (string | SecretPath)[] | undefined;
  /** Time between two looks, in milliseconds, at least 1,000. Default 30,000. */
  readonly intervalMs?: number | undefined;
  /**
   * True: also refusals are told as an outage and tried again, as where somebody edits a policy; but
   * that of the first look ends the watch. Default false.
   */
  readonly survivesRefusals?: boolean | undefined;
  /** Ends the watch without an error. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** What a watch tells. No value is in it. */
export type WatchEvent =
  | {
      readonly type: "created" | "updated" | "deleted";
      readonly ref: string;
      /** Version that is read from now on, where the store has versions. */
      readonly version?: string | undefined;
    }
  /** The store could not be asked; changes are seen when it can be again. */
  | { readonly type: "outage"; readonly code: SecretErrorCode; readonly retryInMs: number }
  /** The store answers again. */
  | { readonly type: "recovered"; readonly failures: number };

/** All that one look has found, and an outage or its end. Empty when nothing has changed. */
export type WatchLook = readonly WatchEvent[];

const defaultIntervalMs = 30_000;
const leastIntervalMs = 1_000;
/** Longest wait after failures, however many there were. */
const maxRetryMs = 60_000;
/** Requests at a time. */
const concurrency = 8;

/**
 * Watches secrets by their versions, without reading a value where the store allows that: at once
 * where it pushes changes, and at each interval. What changed during an outage is told after it. Each
 * look is one item, so that changes that come together can be acted on together; the first one,
 * which has nothing to compare with, is empty.
 *
 * @throws SecretErrors that say more than an outage, such as PermissionDeniedError
 * @example
 * for await (const events of watchSecrets(store, { refs: ["prod/app/db"] })) {
 *   if (events.some(({ type }) => type === "updated")) reload();
 * }
 */
export async function* watchSecrets(
  store: SecretStore,
  options: WatchSecretsOptions,
): AsyncGenerator<WatchLook, void, undefined> {
  const { intervalMs = defaultIntervalMs, clock = systemClock } = options;
  if (!(intervalMs >= leastIntervalMs)) throw badInterval();
  const refs = (options.refs ?? []).map((ref) => parseRef(ref));
  const prefixes = (options.prefixes ?? []).map((prefix) => parsePrefix(prefix));
  const ending = new AbortController();
  const end = (): void => ending.abort();
  options.signal?.addEventListener("abort", end, { once: true });
  if (options.signal?.aborted === true) end();
  const { signal } = ending;
  const look = createLook(store, refs, prefixes);
  // Pushes are by reference: what comes beneath a prefix is found by looking.
  const pushes = store.capabilities.features.watch.support === "native" && refs.length > 0;
  let pushed: PushedChanges | undefined;
  let failures = 0;
  let hasLooked = false;
  try {
    while (!signal.aborted) {
      let waitMs = intervalMs;
      let events: WatchEvent[];
      try {
        if (pushes) pushed ??= new PushedChanges(store, refs);
        pushed?.begin();
        events = await look(signal);
        if (failures > 0) events.unshift({ type: "recovered", failures });
        failures = 0;
        hasLooked = true;
      } catch (error) {
        if (signal.aborted) return;
        const survives = options.survivesRefusals === true && hasLooked;
        if (!isSecretError(error) || !(error.retryable || survives)) throw error;
        pushed?.close();
        pushed = undefined;
        failures += 1;
        waitMs = Math.max(
          Math.min(1_000 * 2 ** (failures - 1), maxRetryMs),
          error.retryAfterMs ?? 0,
        );
        events = [{ type: "outage", code: error.code, retryInMs: waitMs }];
      }
      yield events;
      await waitFor(clock, waitMs, signal, pushed);
    }
  } finally {
    pushed?.close();
    end();
    options.signal?.removeEventListener("abort", end);
  }
}

/** Compares with the look before; what fails leaves everything as it was, for the next one. */
function createLook(
  store: SecretStore,
  refs: readonly SecretRef[],
  prefixes: readonly SecretPath[],
): (signal: AbortSignal) => Promise<WatchEvent[]> {
  const read = createStampReader(store);
  let known: ReadonlyMap<string, Stamp> | undefined;
  return async (signal) => {
    const wanted = new Map(refs.map((ref) => [formatRef(ref), ref]));
    for (const prefix of prefixes) {
      for await (const { type, path, deleted } of store.list({ prefix, signal })) {
        if (type === "secret" && deleted !== true) wanted.set(formatRef({ path }), { path });
      }
    }
    const found = new Map<string, Stamp>();
    const queue = [...wanted];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const stamp = await read(next[1], signal).catch((error: unknown) => {
          // One failure is enough: the whole look is repeated.
          queue.length = 0;
          throw error;
        });
        if (stamp !== undefined) found.set(next[0], stamp);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const events = known === undefined ? [] : changesOf(known, found);
    known = found;
    return events;
  };
}

function changesOf(
  known: ReadonlyMap<string, Stamp>,
  found: ReadonlyMap<string, Stamp>,
): WatchEvent[] {
  const names = [...new Set([...known.keys(), ...found.keys()])].toSorted();
  return names.flatMap((ref): WatchEvent[] => {
    const [before, after] = [known.get(ref), found.get(ref)];
    if (after === undefined) return [{ type: "deleted", ref }];
    const { version } = after;
    if (before === undefined) return [{ type: "created", ref, version }];
    const isSame = before.by !== after.by || before.text === after.text;
    return isSame ? [] : [{ type: "updated", ref, version }];
  });
}

/** Resolves when the time is over, something was pushed, or the watch ends. */
async function waitFor(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  pushed: PushedChanges | undefined,
): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.schedule(ms, done);
    signal.addEventListener("abort", done, { once: true });
    pushed?.onChange(done);
  });
}

function badInterval(): Error {
  return new InvalidValueError("The time between two looks is too short.", {
    operation: "watch",
    reason: "bad-interval",
    field: "intervalMs",
    advice: "Give at least 1,000 milliseconds.",
  });
}
