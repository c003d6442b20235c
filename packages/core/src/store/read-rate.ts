import type { ProviderLimits } from "../capabilities/features.js";
import type { CallOptions } from "../provider.js";
import type { Clock } from "../runtime/clock.js";

/** Requests at a time of `getMany`, and how many of them may begin. */
export interface ReadPace {
  /** Default of `concurrency`. */
  readonly concurrency: number;
  /** Waits for one's turn. @throws AbortedError as soon as the call is abandoned */
  enter(call: CallOptions): Promise<void>;
}

/** Where nothing is known of a service's limit. */
const carefulConcurrency = 8;
/** Where the rate is kept anyway, this many hide the time that answers travel. */
const pacedConcurrency = 24;
/** The rest is for other clients, and for requests that reach the service closer together. */
const share = 0.5;

/** How `getMany` reads one by one from a service with these limits. */
export function createReadPace({ readRate }: ProviderLimits, clock: Clock): ReadPace {
  if (readRate === undefined) {
    return { concurrency: carefulConcurrency, enter: () => Promise.resolve() };
  }
  const requests = Math.max(Math.floor(readRate.requests * share), 1);
  const window = new RateWindow(clock, requests, readRate.perSeconds * 1_000);
  return { concurrency: pacedConcurrency, enter: (call) => window.enter(call) };
}

/** Lets at most so many requests begin within any window, in the order in which they ask. */
class RateWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #requests: number;
  /** When each of the last requests began or will begin; the oldest is at `#next` once it is full. */
  readonly #startsMs: number[] = [];
  #next = 0;

  constructor(clock: Clock, requests: number, windowMs: number) {
    this.#clock = clock;
    this.#requests = requests;
    this.#windowMs = windowMs;
  }

  async enter(call: CallOptions): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const earlier = this.#startsMs[this.#next];
    const startMs = earlier === undefined ? nowMs : Math.max(nowMs, earlier + this.#windowMs);
    this.#startsMs[this.#next] = startMs;
    this.#next = (this.#next + 1) % this.#requests;
    if (startMs > nowMs) await this.#clock.sleep(startMs - nowMs, { signal: call.signal });
  }
}
