import type { Clock } from "../runtime/clock.js";
import { retryDelayMs } from "./schedule.js";
import { unlessAborted } from "./unless-aborted.js";

/**
 * Bounds how often credentials of one kind are asked for while that fails: each request may have
 * made an account although its answer was lost. While all is well everybody passes; after a failure
 * one at a time, with a growing wait in between, however many want to.
 */
export class IssueGate {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #onForgettable: () => void;
  #requests = 0;
  #failures = 0;
  #notBeforeMs = 0;
  #probe: Promise<void> | undefined;

  /** @param onForgettable nobody is at the gate, and it knows of no failure: a new one would be as good */
  constructor(clock: Clock, random: () => number, onForgettable: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#onForgettable = onForgettable;
  }

  /** Runs `issue` when its turn has come. @throws AbortedError, and what `issue` throws */
  async pass<Result>(issue: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    this.#requests += 1;
    try {
      while (this.#failures > 0) {
        if (this.#probe === undefined) return await this.#probeWith(issue, signal);
        await unlessAborted(this.#probe, signal);
      }
      return await this.#watch(issue);
    } finally {
      this.#requests -= 1;
      if (this.#requests === 0 && this.#failures === 0) this.#onForgettable();
    }
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
