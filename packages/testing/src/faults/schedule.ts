import { systemClock, type Clock } from "@kinko/core";
import type { Fault, FaultKind } from "./fault.js";
import type { FaultProxy } from "./proxy.js";
import { seededRandom } from "./random.js";

/** One entry of a schedule. */
export interface ScheduledFault {
  readonly fault: Fault;
  /** How long it lasts. */
  readonly durationMs: number;
}

/** What a schedule is drawn from. */
export interface FaultScheduleOptions {
  /** The same seed gives the same schedule; print it, so that a failure can be had again. */
  readonly seed: number;
  /** Which faults to draw from. Default: all. Each is followed by a time without any. */
  readonly kinds?: readonly Exclude<FaultKind, "none">[] | undefined;
  /** Bounds of how long a fault lasts, in milliseconds. Default 50 to 1,000. */
  readonly faultMs?: readonly [least: number, most: number] | undefined;
  /** Bounds of the time between two faults, in milliseconds. Default 50 to 1,000. */
  readonly calmMs?: readonly [least: number, most: number] | undefined;
}

const allKinds = ["cut", "reset", "stall", "half-open", "slow", "limit", "refuse"] as const;

/**
 * Faults and times without one in turn, without end, as the seed has it.
 *
 * @example
 * for (const { fault, durationMs } of faultSchedule({ seed: 42 })) {
 *   await proxy.set(fault);
 *   await clock.sleep(durationMs);
 * }
 */
export function* faultSchedule(
  options: FaultScheduleOptions,
): Generator<ScheduledFault, never, undefined> {
  const random = seededRandom(options.seed);
  const { kinds = allKinds, faultMs = [50, 1000], calmMs = [50, 1000] } = options;
  if (kinds.length === 0) throw new RangeError("A schedule needs at least one kind of fault.");
  const between = ([least, most]: readonly [number, number]): number =>
    Math.floor(least + random() * (most - least + 1));
  for (;;) {
    yield { fault: { kind: "none" }, durationMs: between(calmMs) };
    const kind = kinds[between([0, kinds.length - 1])] ?? "cut";
    yield { fault: draw(kind, between), durationMs: between(faultMs) };
  }
}

function draw(
  kind: Exclude<FaultKind, "none">,
  between: (bounds: readonly [number, number]) => number,
): Fault {
  if (kind === "slow") {
    return { kind, latencyMs: between([1, 50]), bytesPerSecond: between([100, 20_000]) };
  }
  if (kind === "limit") {
    const ending = (["cut", "reset", "stall", "half-open"] as const)[between([0, 3])] ?? "cut";
    const direction = between([0, 1]) === 0 ? "to-client" : "to-server";
    return { kind, bytes: between([0, 2000]), direction, ending };
  }
  return { kind };
}

/** How a schedule is run. */
export interface RunFaultScheduleOptions {
  /** Ends the run; it then clears the proxy and resolves. */
  readonly signal: AbortSignal;
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
  /** Told of each entry as it begins. */
  readonly onFault?: ((entry: ScheduledFault) => void) | undefined;
}

/** Does one entry after the other to a proxy, until the signal aborts or the schedule ends. */
export async function runFaultSchedule(
  proxy: FaultProxy,
  schedule: Iterable<ScheduledFault>,
  { signal, clock = systemClock, onFault }: RunFaultScheduleOptions,
): Promise<void> {
  for (const entry of schedule) {
    if (signal.aborted) break;
    await proxy.set(entry.fault);
    onFault?.(entry);
    // Only an abort rejects, and that is how a run ends.
    await clock.sleep(entry.durationMs, { signal }).catch(() => undefined);
  }
  await proxy.clear();
}
