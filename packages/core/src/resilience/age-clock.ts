import { systemClock, type Clock } from "../runtime/clock.js";
import type { Instant } from "../runtime/elapsed.js";

/**
 * Hits that share one reading of the machine's clock, at most. Reading it costs as much as everything
 * else about a hit. Only hits in quick succession share one: in one turn of the event loop, and twice
 * as many after each reading that shows the same millisecond as the one before.
 */
const mostHitsPerReading = 64;

/**
 * The age of cached values by both clocks, of which the larger counts. The monotonic one is read
 * again only when the wall clock shows another millisecond or the event loop has turned.
 */
export class AgeClock implements Instant {
  wallMs = Number.NaN;
  monotonicMs = Number.NaN;
  readonly #clock: Clock;
  readonly #mostHitsPerReading: number;
  #hitsPerReading = 1;
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
    this.#mostHitsPerReading = clock === systemClock ? mostHitsPerReading : 1;
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
    const wallMs = this.#clock.now();
    const isSame = this.#isSameTurn && wallMs === this.wallMs;
    const hits = isSame ? this.#hitsPerReading * 2 : 1;
    this.#hitsPerReading = Math.min(hits, this.#mostHitsPerReading);
    this.#hitsLeft = this.#hitsPerReading;
    if (isSame) return;
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
