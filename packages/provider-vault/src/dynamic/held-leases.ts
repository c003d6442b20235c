import type { Clock, LeaseBound } from "@kinko/core";
import {
  tokenEndAfter,
  tokenRemainingMs,
  type TokenEnd,
  type TokenHold,
} from "../auth/token-holds.js";

interface HeldLease {
  readonly hold: TokenHold;
  readonly endsAt: TokenEnd;
}

/** How many leases there are before it is looked whether some have ended. */
const leastSwept = 128;

/**
 * The leases that were issued here, each with a hold on the token that it dies with, until they are
 * revoked or their time is over. Leases that only pass are let go of as new ones come.
 */
export class HeldLeases {
  readonly #clock: Clock;
  readonly #leases = new Map<string, HeldLease>();
  #sweepAt = leastSwept;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#leases.size;
  }

  add(leaseId: string, hold: TokenHold, durationSeconds: number): void {
    this.release(leaseId);
    if (this.#leases.size >= this.#sweepAt) this.#sweep();
    this.#keep(leaseId, hold, durationSeconds);
  }

  /** A lease lives longer; one that was issued elsewhere depends on somebody else's token. */
  extend(leaseId: string, durationSeconds: number): void {
    const lease = this.#leases.get(leaseId);
    if (lease !== undefined) this.#keep(leaseId, lease.hold, durationSeconds);
  }

  /** A lease has ended. */
  release(leaseId: string): void {
    this.#leases.get(leaseId)?.hold.release();
    this.#leases.delete(leaseId);
  }

  /** All leases beneath a prefix have ended; whole segments. */
  releaseBeneath(prefix: string): void {
    const folder = `${prefix.replace(/\/$/u, "")}/`;
    for (const leaseId of this.#leases.keys()) {
      if (leaseId.startsWith(folder)) this.release(leaseId);
    }
  }

  boundOf(leaseId: string): LeaseBound | undefined {
    const hold = this.#leases.get(leaseId)?.hold;
    const remainingSeconds = hold?.remainingSeconds() ?? Number.POSITIVE_INFINITY;
    if (hold === undefined || remainingSeconds === Number.POSITIVE_INFINITY) return undefined;
    return { remainingSeconds, succeeded: hold.isSucceeded() };
  }

  #keep(leaseId: string, hold: TokenHold, durationSeconds: number): void {
    const endsAt = tokenEndAfter(this.#clock, durationSeconds * 1_000);
    hold.endsAt(endsAt);
    this.#leases.set(leaseId, { hold, endsAt });
  }

  /** Its cost is spread over the leases that made it necessary. */
  #sweep(): void {
    for (const [leaseId, { endsAt }] of this.#leases) {
      if (tokenRemainingMs(endsAt, this.#clock) <= 0) this.release(leaseId);
    }
    this.#sweepAt = Math.max(leastSwept, this.#leases.size * 2);
  }
}
