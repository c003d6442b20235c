import { setTimeout as delay } from "node:timers/promises";

/** Bounds of a polling wait. */
export interface WaitOptions {
  /** How long to wait at most, in milliseconds. */
  readonly timeoutMs: number;
  /** Pause between two attempts, in milliseconds. Default 50. */
  readonly intervalMs?: number;
}

/**
 * Calls `attempt` until it answers true, and says whether that happened within the bound. A rejection
 * of `attempt` ends the wait and is passed on.
 */
export async function waitUntil(
  attempt: () => boolean | Promise<boolean>,
  options: WaitOptions,
): Promise<boolean> {
  const deadlineMs = performance.now() + options.timeoutMs;
  for (;;) {
    if (await attempt()) return true;
    if (performance.now() >= deadlineMs) return false;
    await delay(options.intervalMs ?? 50);
  }
}
