import type { Clock } from "../runtime/clock.js";

/** A moment on both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function momentOf(clock: Clock): Moment {
  return { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
}

/**
 * When something ends, on both clocks. Whichever says that it is over is believed: the monotonic
 * clock stands still while a machine is suspended, and the wall clock can be set back.
 */
export interface Expiry {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * @param since before the request that granted it: the backend counts from a later moment, so this
 *   never ends too late
 */
export function expiryAfter(since: Moment, durationMs: number): Expiry {
  return { wallMs: since.wallMs + durationMs, monotonicMs: since.monotonicMs + durationMs };
}

/** Zero or less when it is over. */
export function remainingMs(expiry: Expiry, clock: Clock): number {
  return Math.min(expiry.wallMs - clock.now(), expiry.monotonicMs - clock.monotonicMs());
}
