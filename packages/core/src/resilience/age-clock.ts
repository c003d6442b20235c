import { systemClock, type Clock } from "../runtime/clock.js";
import type { Instant } from "../runtime/elapsed.js";

/**
 * Hits that share one reading of the machine's clock, at most, and only within one turn of the
 * event loop. Reading it costs as much as everything else about a hit.
 */
const hitsPerReading = 8;

/**
 * The age of cached values by both clocks, of which the larger counts. The monotonic one is read
 * again only when the wall clock shows another millisecond or the event loop has turned.
 */
export class AgeClock implements Instant {
  wallMs = Number.NaN;
  monotonicMs = Number.NaN;
  readonly #clock: Clock;
  readonly #hitsPerReading: number;
  #hitsLeft = 0;
  #number = 0;
  #isSameTurn = false;
  readonly #turn = (): void => {
    this.#isSameTurn = false;
    this.#hitsLeft = 0;
  };

  constructor(clock: Clock) {
    this.#clock = clock;
    // A clock of one's own can be moved at any moment, and has to be asked each time.
    this.#hitsPerReading = clock === systemClock ? hitsPerReading : 1;
  }

  /**
   * The number of the last sample. As long as it stays the same, no time has passed and nothing was
   * distrusted, so that what was fresh is fresh. Asking for it may take a new sample.
   */
  current(): number {
    this.#hitsLeft -= 1;
    if (this.#hitsLeft <= 0) this.#read();
    return this.#number;
  }

  /** Makes a new sample of the last one: something is no longer what it was. */
  expire(): void {
    this.#number += 1;
  }

  /** Reads the clocks as far as needed. */
  sample(): this {
    this.current();
    return this;
  }

  #read(): void {
    this.#hitsLeft = this.#hitsPerReading;
    const wallMs = this.#clock.now();
    if (this.#isSameTurn && wallMs === this.wallMs) return;
    this.#number += 1;
    this.wallMs = wallMs;
    this.monotonicMs = this.#clock.monotonicMs();
    if (!this.#isSameTurn) {
      this.#isSameTurn = true;
      setImmediate(this.#turn).unref();
    }
  }

  /** Milliseconds between `start` and the last sample. */
  since(start: Instant): number {
    const monotonicMs = this.monotonicMs - start.monotonicMs;
    const wallMs = this.wallMs - start.wallMs;
    return monotonicMs > wallMs ? monotonicMs : wallMs;
  }

  /** A copy of the present moment. */
  instant(): Instant {
    this.#hitsLeft = 0;
    const { wallMs, monotonicMs } = this.sample();
    return { wallMs, monotonicMs };
  }
}
