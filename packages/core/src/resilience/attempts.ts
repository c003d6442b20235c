import { createSecretError } from "../errors/classes.js";
import type { SecretErrorCode } from "../errors/codes.js";
import type { SecretError } from "../errors/secret-error.js";
import { nextEventId } from "../events/call-events.js";
import type { EventHub } from "../events/event-hub.js";
import { nameHashOfRef } from "../events/name-hash.js";
import type { BreakerState } from "../events/store-events.js";
import type { CallOptions } from "../provider.js";
import { refText } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Clock } from "../runtime/clock.js";
import type { RunningCall } from "../store/running-call.js";
import type { BreakerPermit, CircuitBreaker } from "./breaker.js";
import { healthOf, isRead } from "./failure-classes.js";
import type { RetryPolicy } from "./retry-policy.js";

/** What the attempts of all calls of one store share. */
export interface AttemptsPort {
  readonly provider: string;
  readonly clock: Clock;
  readonly retry: RetryPolicy | undefined;
  readonly breaker: CircuitBreaker | undefined;
  readonly events: EventHub;
}

/** Which call the attempts belong to. */
export interface AttemptedCall {
  readonly operation: string;
  readonly ref?: SecretRef | string | undefined;
  /** False where a failed attempt cannot be made again. Default: the policy decides alone. */
  readonly mayRetry?: (() => boolean) | undefined;
}

/** The attempts of one call, under its one deadline and signal. */
export class Attempts {
  readonly #port: AttemptsPort;
  readonly #call: AttemptedCall;
  readonly #wrap: (error: unknown) => SecretError;
  #permit: BreakerPermit | undefined;

  constructor(port: AttemptsPort, call: AttemptedCall, wrap: (error: unknown) => SecretError) {
    this.#port = port;
    this.#call = call;
    this.#wrap = wrap;
  }

  /** Makes attempts until one succeeds or none may follow; fails with the error of the last one. */
  async run<Result>(
    work: (options: CallOptions) => Promise<Result>,
    running: RunningCall,
    endsAtMs: number,
  ): Promise<Result> {
    const { breaker, clock } = this.#port;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#attempt(work, running, attempt);
      if (!("error" in result)) return result.value;
      const error = result.error;
      if (running.aborted || this.#call.mayRetry?.() === false) throw error;
      const delayMs = this.#port.retry?.delayMs({
        operation: this.#call.operation,
        attempt,
        error,
      });
      // A wait that ends after the deadline would only hide what went wrong behind a time-out.
      if (delayMs === undefined || clock.monotonicMs() + delayMs >= endsAtMs) throw error;
      // This failure opened the breaker: the next attempt would be refused.
      if (breaker !== undefined && breaker.state !== "closed") throw error;
      this.#emitRetry(attempt, delayMs, error);
      await clock.sleep(delayMs, { signal: running.signal });
    }
  }

  /** The call ended from outside while an attempt was under way. */
  stopped(code: SecretErrorCode): void {
    this.#settle(code === "Timeout" ? "failed" : "unknown");
  }

  async #attempt<Result>(
    work: (options: CallOptions) => Promise<Result>,
    running: RunningCall,
    attempt: number,
  ): Promise<{ readonly value: Result } | { readonly error: SecretError }> {
    this.#enter();
    const end = this.#emitAttempt(attempt);
    try {
      const value = await work(running);
      this.#settle("answered");
      end?.("ok");
      return { value };
    } catch (raw) {
      const error = this.#wrap(raw);
      this.#settle(healthOf(error.code));
      end?.(error.code);
      return { error: attempt === 1 ? error : afterRetry(this.#call.operation, error) };
    }
  }

  #enter(): void {
    const { breaker } = this.#port;
    if (breaker === undefined) return;
    const before = breaker.state;
    try {
      this.#permit = breaker.enter();
    } finally {
      this.#emitBreaker(before, breaker.state);
    }
  }

  #settle(health: ReturnType<typeof healthOf>): void {
    const { breaker } = this.#port;
    const permit = this.#permit;
    if (breaker === undefined || permit === undefined) return;
    this.#permit = undefined;
    const before = breaker.state;
    if (health === "answered") permit.succeeded();
    else if (health === "failed") permit.failed();
    else permit.released();
    this.#emitBreaker(before, breaker.state);
  }

  #emitBreaker(from: BreakerState, to: BreakerState): void {
    if (from === to) return;
    this.#port.events.emit("breaker", { provider: this.#port.provider, from, to });
  }

  #emitRetry(attempt: number, delayMs: number, { code, reason }: SecretError): void {
    const { events } = this.#port;
    if (!events.wants("retry")) return;
    events.emit("retry", { ...this.#about(), attempt, delayMs, code, reason });
  }

  #emitAttempt(attempt: number): ((outcome: "ok" | SecretErrorCode) => void) | undefined {
    const { events, clock } = this.#port;
    if (!events.wants("attempt-start") && !events.wants("attempt-end")) return undefined;
    const about = { ...this.#about(), attemptId: nextEventId(), attempt };
    const startMs = clock.monotonicMs();
    events.emit("attempt-start", about);
    return (outcome) =>
      events.emit("attempt-end", {
        ...about,
        durationMs: clock.monotonicMs() - startMs,
        outcome,
      });
  }

  #about(): { provider: string; operation: string; nameHash: string | undefined } {
    const { operation, ref } = this.#call;
    return { provider: this.#port.provider, operation, nameHash: nameHashOfRef(refText(ref)) };
  }
}

const contradictions: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "Conflict",
  "AlreadyExists",
  "NotFound",
  "Deleted",
  "Destroyed",
]);

/**
 * A repeated write that meets what its own first attempt may have done must say so: "somebody else
 * was faster" would be a guess.
 */
function afterRetry(operation: string, error: SecretError): SecretError {
  if (isRead(operation) || !contradictions.has(error.code)) return error;
  return createSecretError(error.code, "The write was repeated after a failure, and met this.", {
    provider: error.provider,
    operation: error.operation,
    ref: error.ref,
    reason: "after-retry",
    advice: "Read the secret: an earlier attempt of this call may have been carried out.",
    requestId: error.requestId,
  });
}
