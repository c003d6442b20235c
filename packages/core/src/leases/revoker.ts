import { isSecretError } from "../errors/secret-error.js";
import type { SecretErrorCode } from "../errors/codes.js";
import type { DynamicCapability } from "../capabilities/dynamic.js";
import type { Clock } from "../runtime/clock.js";
import { settledWithin, withDeadline } from "./deadline.js";
import type { LeaseListener } from "./lease-event.js";
import { retryDelayMs } from "./schedule.js";

/** A lease that is to end. */
export interface EndingLease {
  readonly id: string;
  readonly path: string;
  readonly generation: number;
  /** Where its end is written down. */
  readonly journal: { ended(leaseId: string): Promise<void> };
}

/** Revocations at one time: the end of a large pool must not be a flood for the backend. */
const maxConcurrent = 16;

/**
 * Attempts while the application runs, within two minutes. A lease that is given up then is tried again
 * by the next start, which finds it in the journal, where there is one.
 */
const maxAttempts = 8;

/**
 * Ends leases, each once, with retries. What could not be ended is reported and stays in the journal.
 */
export class Revoker {
  readonly #dynamic: DynamicCapability;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #emit: LeaseListener;
  readonly #callTimeoutMs: number;
  readonly #closing = new AbortController();
  readonly #waiting: (() => void)[] = [];
  readonly #underWay = new Map<EndingLease, Promise<void>>();
  #running = 0;
  #over = false;
  /** Set by `close`: no attempt begins later. */
  #untilMs = Number.POSITIVE_INFINITY;

  constructor(options: {
    readonly dynamic: DynamicCapability;
    readonly clock: Clock;
    readonly random: () => number;
    readonly emit: LeaseListener;
    readonly callTimeoutMs: number;
  }) {
    this.#dynamic = options.dynamic;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#emit = options.emit;
    this.#callTimeoutMs = options.callTimeoutMs;
  }

  /** Resolves when the lease has ended or was given up; it never rejects. */
  revoke(lease: EndingLease): Promise<void> {
    if (lease.id === "") return Promise.resolve();
    const work = this.#revoke(lease).finally(() => this.#underWay.delete(lease));
    this.#underWay.set(lease, work);
    return work;
  }

  /** Waits for what is under way, without long pauses, and gives up at a moment of the clock. */
  async close(untilMonotonicMs: number): Promise<void> {
    this.#untilMs = untilMonotonicMs;
    this.#closing.abort();
    const ms = untilMonotonicMs - this.#clock.monotonicMs();
    await settledWithin(Promise.all(this.#underWay.values()), { clock: this.#clock, ms });
    this.#over = true;
    for (const lease of this.#underWay.keys()) this.#failed(lease, "Timeout");
  }

  async #revoke(lease: EndingLease): Promise<void> {
    let code: SecretErrorCode = "Timeout";
    for (let failures = 0; ;) {
      const attempt = await this.#attempt(lease);
      if (attempt === "ended") return;
      if (attempt !== undefined) code = attempt;
      failures += 1;
      const closing = this.#closing.signal.aborted;
      // Before the close pauses grow up to 30 s; from then on each attempt counts.
      const pauseMs = retryDelayMs(closing ? 1 : failures, this.#random());
      const over = closing
        ? this.#clock.monotonicMs() + pauseMs >= this.#untilMs
        : failures >= maxAttempts;
      if (over || attempt === undefined) break;
      const signal = closing ? undefined : this.#closing.signal;
      await this.#clock.sleep(pauseMs, { signal }).catch(() => undefined);
    }
    if (!this.#over) this.#failed(lease, code);
  }

  #failed({ id: leaseId, path, generation }: EndingLease, code: SecretErrorCode): void {
    this.#emit({ type: "revoke-failed", leaseId, path, generation, code });
  }

  /** `ended`, the code of a failure, or undefined when there is no time left to try. */
  async #attempt(lease: EndingLease): Promise<"ended" | SecretErrorCode | undefined> {
    await this.#enter();
    try {
      const timeoutMs = Math.min(this.#callTimeoutMs, this.#untilMs - this.#clock.monotonicMs());
      if (timeoutMs <= 0) return undefined;
      await withDeadline({ clock: this.#clock, timeoutMs }, (signal) =>
        this.#dynamic.revoke(lease.id, { signal }),
      );
    } catch (error) {
      return isSecretError(error) ? error.code : "Internal";
    } finally {
      this.#leave();
    }
    const { id: leaseId, path, generation } = lease;
    this.#emit({ type: "revoked", leaseId, path, generation });
    // A line that is missing makes the next start revoke an ended lease, which does no harm.
    await lease.journal.ended(leaseId).catch(() => undefined);
    return "ended";
  }

  async #enter(): Promise<void> {
    if (this.#running >= maxConcurrent) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
