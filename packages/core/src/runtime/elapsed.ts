import type { Clock } from "./clock.js";

/** A moment on both clocks. */
export interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Now, on both clocks. */
export function instant(clock: Clock): Instant {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.now() };
}

/**
 * Time since `start`, in milliseconds. The monotonic clock may stand still while a machine is
 * suspended, and the wall clock may be set back, so the larger one counts.
 */
export function elapsedMs(clock: Clock, start: Instant): number {
  return Math.max(clock.monotonicMs() - start.monotonicMs, clock.now() - start.wallMs);
}
