import type { DynamicRequest, IssuedLease } from "../capabilities/dynamic.js";
import { isSecretError } from "../errors/secret-error.js";
import type { LeaseContext } from "./context.js";
import { withDeadline } from "./deadline.js";
import { expiryAfter, momentOf, type Moment } from "./expiry.js";
import type { Grant } from "./grant.js";
import { planRenewal, planRotation, staticGraceMs, type LeasePlan } from "./schedule.js";

/** Whole seconds get lost in a backend's own arithmetic; less than that is no shortened life. */
const roundingMs = 1_500;

/**
 * A static role's time in seconds, below which it counts as over. Backends answer whole seconds, and
 * the next reading comes a second and a quarter after this one at the latest: with one second left
 * the password would be gone before it.
 */
const leastStaticSeconds = 2;

/** Asks for new credentials, once, when their kind's turn has come. */
export async function issueGrant(
  context: LeaseContext,
  request: DynamicRequest,
  options: {
    readonly generation: number;
    readonly previous: Grant | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Grant> {
  const { clock, callTimeoutMs, dynamic } = context;
  let since = momentOf(clock);
  const issued = await context.gateOf(request).pass(() => {
    since = momentOf(clock);
    // Not under the handle's signal: a request that is cut off may have made an account all the same.
    return withDeadline<IssuedLease>(
      { clock, timeoutMs: callTimeoutMs, onLate: (late) => revokeLate(context, request, late) },
      (signal) => dynamic.issue(request, { signal }),
    );
  }, options.signal);
  if (issued.id === "") return staticGrant(issued, since, options);
  const generation = options.generation;
  await context.journal.add(issued.id).catch((error: unknown) => {
    const code = isSecretError(error) ? error.code : "Unavailable";
    context.emit({
      type: "journal-failed",
      path: request.path,
      leaseId: issued.id,
      generation,
      code,
    });
  });
  const durationMs = issued.durationSeconds * 1_000;
  const random = context.random();
  const plan = issued.renewable
    ? planRenewal(durationMs, random)
    : planRotation(durationMs, { overlapMs: context.overlapMs, random });
  return grantOf(issued, since, { durationMs, generation, plan, overdueReadings: 0 });
}

/** Asks once for a longer life. What the backend does not prolong as wished is to be replaced. */
export async function renewGrant(
  context: LeaseContext,
  grant: Grant,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Grant> {
  const { clock, dynamic, overlapMs } = context;
  const since = momentOf(clock);
  const incrementSeconds = grant.wishedMs / 1_000;
  const renewed = await withDeadline({ clock, ...options }, (signal) =>
    dynamic.renew(grant.leaseId, { signal, incrementSeconds }),
  );
  const durationMs = renewed.durationSeconds * 1_000;
  const random = context.random();
  const whole = renewed.renewable && durationMs >= grant.wishedMs - roundingMs;
  const expiry = expiryAfter(since, durationMs);
  return {
    ...grant,
    expiry,
    durationMs,
    credentials: { ...grant.credentials, expiresAt: new Date(expiry.wallMs) },
    plan: whole
      ? planRenewal(durationMs, random)
      : planRotation(durationMs, { overlapMs, random, wholeMs: grant.wishedMs }),
  };
}

/** A static role has no lease: what ends is the password, and only reading it again shows the next. */
function staticGrant(
  issued: IssuedLease,
  since: Moment,
  { generation, previous }: { readonly generation: number; readonly previous: Grant | undefined },
): Grant {
  const same = previous?.leaseId === "" && isSame(previous, issued);
  const overdue = issued.durationSeconds < leastStaticSeconds;
  const overdueReadings = overdue ? (same ? previous.overdueReadings : 0) + 1 : 0;
  const durationMs = overdue ? staticGraceMs(overdueReadings) : issued.durationSeconds * 1_000;
  const plan: LeasePlan = {
    action: "reread",
    atRemainingMs: overdue ? durationMs / 2 : 1_000,
  };
  const grant = grantOf(issued, since, {
    durationMs,
    generation: same ? previous.credentials.generation : generation,
    plan,
    overdueReadings,
  });
  if (!same) return grant;
  issued.secret.dispose();
  return { ...grant, credentials: { ...grant.credentials, secret: previous.credentials.secret } };
}

function isSame(previous: Grant, issued: IssuedLease): boolean {
  return previous.credentials.secret.equals(issued.secret);
}

function grantOf(
  issued: IssuedLease,
  since: Moment,
  facts: Pick<Grant, "durationMs" | "plan" | "overdueReadings"> & { readonly generation: number },
): Grant {
  const { durationMs, generation, plan, overdueReadings } = facts;
  const expiry = expiryAfter(since, durationMs);
  return {
    leaseId: issued.id,
    credentials: { generation, secret: issued.secret, expiresAt: new Date(expiry.wallMs) },
    expiry,
    durationMs,
    wishedMs: durationMs,
    plan,
    overdueReadings,
  };
}

/** Credentials that came when nobody waited any more: nobody knows them, so they are ended. */
function revokeLate(context: LeaseContext, { path }: DynamicRequest, late: IssuedLease): void {
  late.secret.dispose();
  const { journal } = context;
  void context.revoker.revoke({ id: late.id, path, generation: 0, journal });
}
