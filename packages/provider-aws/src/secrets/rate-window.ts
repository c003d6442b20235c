import type { Clock } from "@kinko/core";

/** Lets at most so many requests begin within any second, in the order in which they ask. */
export class RateWindow {
  readonly #clock: Clock;
  readonly #perSecond: number;
  /** When each of the last requests began or will begin. */
  readonly #startsMs: number[] = [];

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /**
   * Waits for one's turn.
   * @throws AbortedError as soon as the signal aborts
   */
  async enter(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const earlier = this.#startsMs.at(-this.#perSecond);
    const startMs = earlier === undefined ? nowMs : Math.max(nowMs, earlier + 1000);
    this.#startsMs.push(startMs);
    if (this.#startsMs.length > this.#perSecond) this.#startsMs.shift();
    if (startMs > nowMs) await this.#clock.sleep(startMs - nowMs, { signal });
  }
}
