import { AbortedError } from "../errors/classes.js";
import type { Clock } from "../runtime/clock.js";
import { retryDelayMs } from "./schedule.js";

/**
 * Bounds how often credentials of one kind are asked for while that fails: each request may have
 * made an account although its answer was lost. While all is well everybody passes; after a failure
 * one at a time, with a growing wait in between, however many want to.
 */
export class IssueGate {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #notBeforeMs = 0;
  #probe: Promise<void> | undefined;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Runs `issue` when its turn has come. @throws AbortedError, and what `issue` throws */
  async pass<Result>(issue: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    while (this.#failures > 0) {
      if (this.#probe === undefined) return this.#probeWith(issue, signal);
      await untilAborted(this.#probe, signal);
    }
    return this.#watch(issue);
  }

  async #probeWith<Result>(issue: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    let over: () => void = () => undefined;
    this.#probe = new Promise((resolve) => (over = resolve));
    try {
      const waitMs = this.#notBeforeMs - this.#clock.monotonicMs();
      if (waitMs > 0) await this.#clock.sleep(waitMs, { signal });
      return await this.#watch(issue);
    } finally {
      this.#probe = undefined;
      over();
    }
  }

  async #watch<Result>(issue: () => Promise<Result>): Promise<Result> {
    try {
      const result = await issue();
      this.#failures = 0;
      return result;
    } catch (error) {
      // Many that were under way together are one failure.
      if (this.#clock.monotonicMs() >= this.#notBeforeMs) this.#failures += 1;
      this.#notBeforeMs =
        this.#clock.monotonicMs() + retryDelayMs(Math.max(this.#failures, 1), this.#random());
      this.#failures = Math.max(this.#failures, 1);
      throw error;
    }
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const refuse = new AbortedError("The wait was cancelled.");
  if (signal.aborted) throw refuse;
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(refuse);
  });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
