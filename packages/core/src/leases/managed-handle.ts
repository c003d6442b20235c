import type { DynamicRequest } from "../capabilities/dynamic.js";
import { ClosedError, LeaseExpiredError } from "../errors/classes.js";
import type { SecretErrorCode } from "../errors/codes.js";
import { isSecretError } from "../errors/secret-error.js";
import { boundMs, withBound } from "./bound.js";
import type { LeaseContext } from "./context.js";
import type { CredentialHandle, LeasedCredentials } from "./credential-handle.js";
import { settledWithin, withDeadline } from "./deadline.js";
import { remainingMs } from "./expiry.js";
import type { Grant } from "./grant.js";
import { issueGrant, renewGrant } from "./requests.js";
import { retire, type RotationListener } from "./retire.js";
import { lastChanceMs, retryDelayMs, retryFloorMs, type LeaseAction } from "./schedule.js";
import { unlessAborted } from "./unless-aborted.js";
import { Waiters } from "./waiters.js";

/**
 * Longest sleep between two looks at the clocks: after a suspend the wall clock says that time has
 * passed, and the timer does not know. Also far below what Node's timers can count.
 */
const maxSleepMs = 60_000;

/** Keeps one set of credentials valid. One request at a time is under way for it. */
export class ManagedHandle implements CredentialHandle {
  readonly #context: LeaseContext;
  readonly #request: DynamicRequest;
  readonly #onClosed: () => void;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<RotationListener>();
  readonly #waiters = new Waiters();
  readonly #retiring = new Set<Promise<void>>();
  #grant: Grant | undefined;
  #generation = 0;
  #failures = 0;
  #lastCode: SecretErrorCode | undefined;
  #notBeforeMs = 0;
  /** Generations of which these were told, so that each is told once. */
  #told = { expiring: 0, lost: 0 };
  #acting: Promise<void> | undefined;
  #rechecking: Promise<void> | undefined;
  #cancelTimer: () => void = () => undefined;
  #closed: Promise<void> | undefined;

  constructor(context: LeaseContext, request: DynamicRequest, onClosed: () => void) {
    this.#context = context;
    this.#request = request;
    this.#onClosed = onClosed;
  }

  /** Has the first credentials issued. @throws what the backend answers; the handle is closed then */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const first = this.#issue();
    this.#acting = first.then(
      () => undefined,
      () => undefined,
    );
    try {
      await unlessAborted(first, signal);
    } catch (error) {
      // What is still under way is awaited, and revoked when it comes.
      void this.close();
      throw error;
    }
    this.#acting = undefined;
    this.#arm();
  }

  current(): LeasedCredentials {
    const valid = this.#valid();
    if (valid !== undefined) return valid.credentials;
    if (this.#closed !== undefined) throw closed();
    this.#lost();
    this.#wake();
    throw new LeaseExpiredError(
      "The credentials have ended, and new ones could not be had so far.",
      {
        operation: "current",
        reason: "no-valid-credentials",
        retryable: true,
        advice: "Wait for them with ready(), and check that the backend can be reached.",
      },
    );
  }

  async ready(
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<LeasedCredentials> {
    while (true) {
      const valid = this.#valid();
      if (valid !== undefined) return valid.credentials;
      if (this.#closed !== undefined) throw closed();
      this.#lost();
      this.#wake();
      await this.#waiters.wait(options.signal);
    }
  }

  onRotate(listener: RotationListener): () => void {
    // One of its own, so that a function that subscribes twice is called twice.
    const own: RotationListener = (rotation) => listener(rotation);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  recheck(generation: number): Promise<void> {
    this.#rechecking ??= this.#recheck(generation).finally(() => (this.#rechecking = undefined));
    return this.#rechecking;
  }

  /** Looks whether the credentials end before their time, and plans their replacement then. */
  heedBound(): void {
    const grant = this.#grant;
    if (grant === undefined || this.#closed !== undefined) return;
    this.#grant = withBound(this.#context, grant);
    if (this.#grant === grant) return;
    // Replacing is another request than one that may have failed, at a time of its own.
    const soonMs = this.#context.clock.monotonicMs() + retryFloorMs;
    this.#notBeforeMs = Math.min(this.#notBeforeMs, soonMs);
    this.#wake();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #recheck(generation: number): Promise<void> {
    const { clock } = this.#context;
    // Where the backend has failed for a while, it is asked when its turn comes.
    const waitMs = this.#notBeforeMs - clock.monotonicMs();
    if (waitMs > 2 * retryFloorMs) return;
    const { signal } = this.#closing;
    if (waitMs > 0) await clock.sleep(waitMs, { signal }).catch(() => undefined);
    // What is under way may answer it.
    await this.#acting;
    const grant = this.#valid();
    if (grant?.credentials.generation !== generation) return;
    this.#notBeforeMs = clock.monotonicMs() + retryFloorMs;
    this.#acting = this.#confirm(grant).finally(() => {
      this.#acting = undefined;
      this.#arm();
    });
    await this.#acting;
  }

  /** Finds out whether a lease still lives. What fails otherwise changes nothing of what is planned. */
  async #confirm(grant: Grant): Promise<void> {
    const { clock, dynamic, callTimeoutMs } = this.#context;
    const { signal } = this.#closing;
    try {
      if (grant.leaseId === "") await this.#issue();
      else if (grant.plan.action === "renew") await this.#renew(grant, this.#leftMs(grant));
      else {
        await withDeadline({ clock, timeoutMs: callTimeoutMs, signal }, (each) =>
          dynamic.lookup(grant.leaseId, { signal: each }),
        );
      }
    } catch (error) {
      const isSame = this.#grant?.credentials.generation === grant.credentials.generation;
      if (isSame && isSecretError(error, "LeaseExpired")) this.#over(grant);
    }
  }

  async #close(): Promise<void> {
    this.#cancelTimer();
    this.#closing.abort();
    const grant = this.#grant;
    this.#grant = undefined;
    this.#waiters.notify();
    const ending = grant === undefined ? undefined : this.#end(grant);
    // Credentials that are being issued are waited for, as they have to be revoked as well.
    await settledWithin(Promise.all([ending, this.#acting, ...this.#retiring]), {
      clock: this.#context.clock,
      ms: this.#context.closeTimeoutMs,
    });
    this.#onClosed();
  }

  #valid(): Grant | undefined {
    const grant = this.#grant;
    if (this.#closed !== undefined || grant === undefined) return undefined;
    return this.#leftMs(grant) > 0 ? grant : undefined;
  }

  /** Zero or less when the lease is over, or what it depends on. */
  #leftMs(grant: Grant): number {
    const leftMs = remainingMs(grant.expiry, this.#context.clock);
    // What may still be prolonged does not count before it has ended.
    return boundMs(this.#context.dynamic.bounds, grant.leaseId) > 0 ? leftMs : Math.min(leftMs, 0);
  }

  /** Looks at the clocks now, as after a sleep that was longer than its timer. */
  #wake(): void {
    if (this.#acting === undefined) this.#arm();
  }

  #arm(): void {
    this.#cancelTimer();
    if (this.#closed !== undefined) return;
    const { clock } = this.#context;
    const grant = this.#grant;
    const dueMs = grant === undefined ? 0 : this.#leftMs(grant) - grant.plan.atRemainingMs;
    const delayMs = Math.max(dueMs, this.#notBeforeMs - clock.monotonicMs(), 0);
    this.#cancelTimer = clock.schedule(Math.min(delayMs, maxSleepMs), () => this.#look());
  }

  #look(): void {
    if (this.#acting !== undefined || this.#closed !== undefined) return;
    const { clock } = this.#context;
    const grant = this.#grant;
    const leftMs = grant === undefined ? 0 : this.#leftMs(grant);
    if (grant !== undefined && leftMs <= 0) this.#lost();
    // Timers and sums of fractions are not exact; a millisecond early is on time.
    const early =
      this.#notBeforeMs - clock.monotonicMs() >= 1 ||
      (grant !== undefined && leftMs - grant.plan.atRemainingMs >= 1);
    if (early) {
      this.#arm();
      return;
    }
    this.#acting = this.#act(leftMs).finally(() => {
      this.#acting = undefined;
      this.#arm();
    });
  }

  async #act(leftMs: number): Promise<void> {
    const grant = this.#grant;
    const action = grant?.plan.action === "renew" && leftMs > 0 ? "renew" : "rotate";
    try {
      if (grant !== undefined && action === "renew") await this.#renew(grant, leftMs);
      else await this.#issue();
    } catch (error) {
      this.#failed(error, action);
    }
  }

  async #renew(grant: Grant, leftMs: number): Promise<void> {
    // A request that hangs must leave time for another one.
    const timeoutMs = Math.min(this.#context.callTimeoutMs, Math.max(retryFloorMs, leftMs / 2));
    const renewed = await renewGrant(this.#context, grant, {
      timeoutMs,
      signal: this.#closing.signal,
    });
    this.#failures = 0;
    this.#grant = withBound(this.#context, renewed);
    this.#tell("renewed", this.#grant);
    this.#waiters.notify();
  }

  async #issue(): Promise<void> {
    const { clock, random } = this.#context;
    const issued = await issueGrant(this.#context, this.#request, {
      generation: this.#generation + 1,
      previous: this.#grant,
      signal: this.#closing.signal,
    });
    const granted = withBound(this.#context, issued);
    if (this.#closed !== undefined) {
      await this.#end(granted);
      return;
    }
    this.#failures = 0;
    // The floor also holds for credentials that are over as soon as they come.
    this.#notBeforeMs = clock.monotonicMs() + retryFloorMs * (1 + random() / 4);
    const previous = this.#grant;
    this.#grant = granted;
    if (granted.credentials.generation === this.#generation) {
      this.#tell("renewed", granted);
    } else {
      this.#generation = granted.credentials.generation;
      this.#tell("issued", granted);
      if (previous !== undefined) this.#rotated(previous, granted);
    }
    this.#waiters.notify();
  }

  #rotated(previous: Grant, current: Grant): void {
    const { clock, overlapMs, logger } = this.#context;
    this.#tell("rotated", current);
    const retiring = retire(
      { current: current.credentials, previous: previous.credentials },
      {
        clock,
        listeners: this.#listeners,
        overlapMs: Math.min(overlapMs, remainingMs(previous.expiry, clock)),
        signal: this.#closing.signal,
        onListenerError: () => logger.warn("A listener of a credential rotation failed."),
      },
    )
      .then(() => this.#end(previous))
      .finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  #failed(error: unknown, action: LeaseAction): void {
    if (this.#closed !== undefined) return;
    const { clock, random } = this.#context;
    this.#failures += 1;
    this.#lastCode = isSecretError(error) ? error.code : "Internal";
    this.#notBeforeMs = clock.monotonicMs() + retryDelayMs(this.#failures, random());
    const grant = this.#grant;
    if (grant === undefined) return;
    if (action === "renew") this.#afterFailedRenewal(grant, error);
    else if (this.#leftMs(grant) > 0) this.#expiring(grant);
  }

  #afterFailedRenewal(grant: Grant, error: unknown): void {
    const { clock, random } = this.#context;
    if (isSecretError(error, "LeaseExpired")) {
      this.#over(grant);
      return;
    }
    // Its end has come nearer meanwhile, and its replacement is planned.
    if (grant.plan.action === "rotate") return;
    const reserveMs = lastChanceMs(grant.durationMs, random());
    const retryable = isSecretError(error) && error.retryable;
    const nextMs = remainingMs(grant.expiry, clock) - (this.#notBeforeMs - clock.monotonicMs());
    if (retryable && nextMs > reserveMs) return;
    this.#grant = { ...grant, plan: { action: "rotate", atRemainingMs: reserveMs } };
    // Replacing is another request than the one that failed, at a time of its own.
    this.#notBeforeMs = clock.monotonicMs() + retryFloorMs;
  }

  /** The backend says that a lease has ended, and knows better than our clocks. */
  #over(grant: Grant): void {
    this.#grant = { ...grant, expiry: { wallMs: 0, monotonicMs: 0 } };
    this.#lost();
    this.#notBeforeMs = this.#context.clock.monotonicMs();
  }

  async #end(grant: Grant): Promise<void> {
    grant.credentials.secret.dispose();
    await this.#context.revoker.revoke({
      id: grant.leaseId,
      path: this.#request.path,
      generation: grant.credentials.generation,
      journal: this.#context.journal,
    });
  }

  #expiring(grant: Grant): void {
    const { generation } = grant.credentials;
    if (this.#told.expiring === generation) return;
    this.#told.expiring = generation;
    this.#tell("expiring", grant);
  }

  #lost(): void {
    const grant = this.#grant;
    if (grant === undefined || this.#told.lost === grant.credentials.generation) return;
    this.#told.lost = grant.credentials.generation;
    const { generation } = grant.credentials;
    const { path } = this.#request;
    const code = this.#lastCode;
    this.#context.emit({ type: "lost", path, generation, leaseId: grant.leaseId, code });
  }

  #tell(type: "issued" | "renewed" | "rotated" | "expiring", grant: Grant): void {
    const { generation, expiresAt } = grant.credentials;
    const { path } = this.#request;
    this.#context.emit({ type, path, generation, expiresAt, leaseId: grant.leaseId });
  }
}

function closed(): ClosedError {
  return new ClosedError("These credentials were closed.", {
    operation: "current",
    reason: "handle-closed",
    advice: "Acquire new ones.",
  });
}
