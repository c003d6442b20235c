import type { Clock } from "../runtime/clock.js";
import type { Instant } from "../runtime/elapsed.js";

/**
 * The age of cached values by both clocks, of which the larger counts. A hit must not cost two
 * readings of a clock, so the monotonic one is read again only when the wall clock shows another
 * millisecond or the event loop has turned.
 */
export class AgeClock implements Instant {
  wallMs = Number.NaN;
  monotonicMs = Number.NaN;
  readonly #clock: Clock;
  #isCurrent = false;
  readonly #turn = (): void => {
    this.#isCurrent = false;
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Reads the clocks as far as needed. */
  sample(): this {
    const wallMs = this.#clock.now();
    if (this.#isCurrent && wallMs === this.wallMs) return this;
    this.wallMs = wallMs;
    this.monotonicMs = this.#clock.monotonicMs();
    if (!this.#isCurrent) {
      this.#isCurrent = true;
      setImmediate(this.#turn).unref();
    }
    return this;
  }

  /** Milliseconds between `start` and the last sample. */
  since(start: Instant): number {
    const monotonicMs = this.monotonicMs - start.monotonicMs;
    const wallMs = this.wallMs - start.wallMs;
    return monotonicMs > wallMs ? monotonicMs : wallMs;
  }

  /** A copy of the present moment. */
  instant(): Instant {
    const { wallMs, monotonicMs } = this.sample();
    return { wallMs, monotonicMs };
  }
}
