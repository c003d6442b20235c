import type { LeaseBounds } from "../capabilities/dynamic.js";
import type { LeaseContext } from "./context.js";
import { expiryAfter, momentOf, remainingMs } from "./expiry.js";
import type { Grant } from "./grant.js";
import { planRotation } from "./schedule.js";

/** Less than this is no difference between two ends, but the fractions of their arithmetic. */
const differenceMs = 1;

/** How long the lease still lives at most with what it depends on; endless where nothing is known. */
export function boundMs(bounds: LeaseBounds | undefined, leaseId: string): number {
  const bound = leaseId === "" ? undefined : bounds?.boundOf(leaseId);
  return bound === undefined ? Number.POSITIVE_INFINITY : bound.remainingSeconds * 1_000;
}

/**
 * The grant as it is when what it depends on ends first and is not prolonged: shortened, and to be
 * replaced before. Any other grant as it was; a lease that ends earlier by itself is still renewed.
 */
export function withBound(context: LeaseContext, grant: Grant): Grant {
  const { clock, dynamic, overlapMs } = context;
  const bound = grant.leaseId === "" ? undefined : dynamic.bounds?.boundOf(grant.leaseId);
  if (bound?.succeeded !== true) return grant;
  const leftMs = Math.max(bound.remainingSeconds * 1_000, 0);
  const ownMs = remainingMs(grant.expiry, clock);
  if (leftMs > ownMs - differenceMs) return grant;
  const plan = planRotation(leftMs, { overlapMs, random: context.random() });
  // What was to be replaced sooner still is.
  const plannedMs =
    grant.plan.action === "rotate" ? grant.plan.atRemainingMs - (ownMs - leftMs) : 0;
  const expiry = expiryAfter(momentOf(clock), leftMs);
  return {
    ...grant,
    expiry,
    durationMs: leftMs,
    credentials: { ...grant.credentials, expiresAt: new Date(expiry.wallMs) },
    plan: { ...plan, atRemainingMs: Math.max(plan.atRemainingMs, plannedMs) },
  };
}
