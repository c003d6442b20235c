/** What is to become of a lease next. */
export type LeaseAction =
  /** Prolong it. */
  | "renew"
  /** Have new credentials issued. */
  | "rotate"
  /** Read a static role again, whose password the backend changes by itself. */
  | "reread";

/** The next action, and how much of the lease is left when it is due. */
export interface LeasePlan {
  readonly action: LeaseAction;
  readonly atRemainingMs: number;
}

/** Least time between two requests for one handle after a failure, in milliseconds. */
export const retryFloorMs = 1_000;

const retryCeilingMs = 30_000;

/** What a slow answer of the backend takes, for which a short life has to leave time, in milliseconds. */
const slowAnswerMs = 2_000;

/**
 * Renewal after 1/2 to 5/6 of the life, 2/3 in the mean, but not in the last two seconds, nor in the
 * first half. The width matters: of 500 leases with 30 s that were born in one second, 10 % fall into
 * one second of the first renewals, and a sixth of the life is left for retries of the last one.
 */
export function planRenewal(durationMs: number, random: number): LeasePlan {
  const wanted = durationMs * (1 / 2 - random / 3);
  return { action: "renew", atRemainingMs: Math.max(wanted, reserveMs(durationMs)) };
}

/**
 * Replacement of what cannot be renewed further, early enough for clients to move over within the
 * overlap, and spread so that leases of one birth do not meet.
 *
 * @param options.wholeMs the life that a replacement will have, where this is a rest of one
 */
export function planRotation(
  durationMs: number,
  options: {
    readonly overlapMs: number;
    readonly random: number;
    readonly wholeMs?: number | undefined;
  },
): LeasePlan {
  const { overlapMs, random, wholeMs = durationMs } = options;
  const wanted = Math.min(overlapMs, durationMs / 3) * (1 + random / 2);
  const least = Math.max(lastChanceMs(durationMs, 0), reserveMs(wholeMs));
  return { action: "rotate", atRemainingMs: Math.max(wanted, least) };
}

/** The end of a life in which nothing is left to be done. */
function reserveMs(wholeMs: number): number {
  return Math.min(slowAnswerMs, wholeMs / 2);
}

/**
 * How much of a life is left when renewals have failed and replacement is tried instead: late, so
 * that a backend which cannot renew makes hardly more accounts than lives that have passed.
 */
export function lastChanceMs(durationMs: number, random: number): number {
  return durationMs * (0.1 + random * 0.05);
}

/**
 * Wait after the nth failure in a row: 1 s, 2 s, 4 s … 30 s, never less and up to a quarter more, so
 * that those who failed together do not come back together.
 */
export function retryDelayMs(failures: number, random: number): number {
  const base = Math.min(retryFloorMs * 2 ** Math.min(failures - 1, 10), retryCeilingMs);
  return base * (1 + random / 4);
}

/**
 * How long the password of a static role counts as just read when its time is over, or nearly, and the
 * backend has not changed it yet. It is asked again after half of that: each second at first, every 5 s
 * where the backend does not get on with it.
 */
export function staticGraceMs(readings: number): number {
  return readings <= 10 ? 2_000 : 10_000;
}
