import { CircuitOpenError } from "../errors/classes.js";
import type { BreakerState } from "../events/store-events.js";
import type { Clock } from "../runtime/clock.js";
import { elapsedMs, instant, type Instant } from "../runtime/elapsed.js";

/** Leave to make one attempt. The caller MUST settle it by exactly one of the three. */
export interface BreakerPermit {
  /** The store answered. */
  succeeded(): void;
  /** The store could not answer. */
  failed(): void;
  /** The attempt was given up, and says nothing of the store. */
  released(): void;
}

/** Decides whether a store is asked at all. One breaker belongs to one store. */
export interface CircuitBreaker {
  readonly state: BreakerState;
  /** @throws CircuitOpenError with `retryAfterMs` */
  enter(): BreakerPermit;
}

/** Options of the built-in breaker. */
export interface BreakerOptions {
  /** Failed attempts in a row that open it. Default 5. */
  readonly failures?: number | undefined;
  /** How long it stays open before one attempt probes the store, in seconds. Default 30. */
  readonly openSeconds?: number | undefined;
}

/** Defaults of {@link BreakerOptions}. */
export const breakerDefaults = { failures: 5, openSeconds: 30 } as const;

/** What callers are told to wait while a probe is under way, as nobody knows how long it takes. */
const probeRetryMs = 1_000;

/** The built-in breaker: opens after failures in a row, then lets one probe at a time through. */
export function createBreaker(clock: Clock, options: BreakerOptions = {}): CircuitBreaker {
  return new ConsecutiveBreaker(
    clock,
    options.failures ?? breakerDefaults.failures,
    (options.openSeconds ?? breakerDefaults.openSeconds) * 1_000,
  );
}

class ConsecutiveBreaker implements CircuitBreaker {
  state: BreakerState = "closed";
  readonly #clock: Clock;
  readonly #maxFailures: number;
  readonly #openMs: number;
  #failures = 0;
  #openedAt: Instant | undefined;
  #probing = false;
  /** Shared by all attempts of one closed period, since a call without failures should cost nothing. */
  #permit: BreakerPermit;

  constructor(clock: Clock, maxFailures: number, openMs: number) {
    this.#clock = clock;
    this.#maxFailures = maxFailures;
    this.#openMs = openMs;
    this.#permit = this.#closedPermit();
  }

  enter(): BreakerPermit {
    if (this.state === "closed") return this.#permit;
    const leftMs =
      this.#openedAt === undefined ? 0 : this.#openMs - elapsedMs(this.#clock, this.#openedAt);
    if (this.state === "open" && leftMs <= 0) this.state = "half-open";
    if (this.state === "half-open" && !this.#probing) {
      this.#probing = true;
      return this.#probePermit();
    }
    throw new CircuitOpenError("The store failed repeatedly, so calls to it are paused.", {
      reason: "breaker-open",
      advice: "Wait for it to recover; calls resume by themselves.",
      retryable: true,
      retryAfterMs: Math.ceil(this.state === "open" ? leftMs : probeRetryMs),
    });
  }

  #closedPermit(): BreakerPermit {
    // What began before the breaker opened says nothing of the store as it is afterwards.
    const isCurrent = (): boolean => this.state === "closed" && this.#permit === permit;
    const permit: BreakerPermit = {
      succeeded: () => {
        if (isCurrent()) this.#failures = 0;
      },
      failed: () => {
        if (!isCurrent()) return;
        this.#failures += 1;
        if (this.#failures >= this.#maxFailures) this.#open();
      },
      released: () => undefined,
    };
    return permit;
  }

  #probePermit(): BreakerPermit {
    return {
      succeeded: () => {
        this.#probing = false;
        this.#failures = 0;
        this.state = "closed";
        this.#permit = this.#closedPermit();
      },
      failed: () => {
        this.#probing = false;
        this.#open();
      },
      released: () => {
        this.#probing = false;
      },
    };
  }

  #open(): void {
    this.state = "open";
    this.#openedAt = instant(this.#clock);
  }
}
