import type { Clock } from "@kinko/core";
import { keyVaultLimits } from "./limits.js";
import { throttled } from "./protocol.js";

/** Counts requests in a sliding window, as the documented limits are counted. */
export class RateLimiter {
  readonly #clock: Clock;
  #created: number[] = [];
  #others: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws KeyVaultFault 429 beyond the documented rate; a refused request does not count */
  admit(creates: boolean): void {
    const now = this.#clock.now();
    const since = now - keyVaultLimits.rateWindowMs;
    const recent = (times: readonly number[]): number[] => times.filter((time) => time > since);
    this.#created = recent(this.#created);
    this.#others = recent(this.#others);
    const [times, most] = creates
      ? [this.#created, keyVaultLimits.maxSecretsCreated]
      : [this.#others, keyVaultLimits.maxOtherRequests];
    if (times.length >= most) {
      const freeMs = (times[0] ?? now) + keyVaultLimits.rateWindowMs - now;
      throw throttled(Math.max(1, Math.ceil(freeMs / 1_000)));
    }
    times.push(now);
  }
}
