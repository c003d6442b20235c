import type { DynamicCapability, DynamicRequest } from "../capabilities/dynamic.js";
import type { Clock } from "../runtime/clock.js";
import type { Logger } from "../runtime/logger.js";
import type { LeaseJournalOptions } from "./journal/lease-journal.js";
import type { LeaseListener } from "./lease-event.js";

/** How a lease manager works. */
export interface LeaseManagerOptions {
  /** What issues the credentials: `store.as("dynamic")`. */
  readonly dynamic: DynamicCapability;
  /**
   * Where leases are written down, so that those of a crashed process are revoked at the next start.
   * Default: nowhere; after a crash they live until their expiry.
   */
  readonly journal?: LeaseJournalOptions | undefined;
  readonly onEvent?: LeaseListener | undefined;
  /**
   * Longest time in milliseconds that rotated credentials stay valid beside the new ones; less when
   * all listeners are done earlier, or the lease itself ends. Default 60,000.
   */
  readonly overlapMs?: number | undefined;
  /** Longest time of one request to the backend, in milliseconds. Default 10,000. */
  readonly callTimeoutMs?: number | undefined;
  /** Longest time of `close`, in milliseconds. Default 4,000: within what a SIGTERM usually leaves. */
  readonly closeTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** 0 up to, but not, 1. Default `Math.random`: it spreads requests and hides nothing. */
  readonly random?: (() => number) | undefined;
}

/** Which credentials to keep. */
export interface AcquireOptions extends DynamicRequest {
  /**
   * True: everybody who asks for the same gets the same credentials, which end when the last one has
   * closed. Default false: credentials of one's own.
   */
  readonly shared?: boolean | undefined;
  /** Cancels the wait; what is issued all the same is revoked. */
  readonly signal?: AbortSignal | undefined;
}

/** Longest times that make sense, in milliseconds; timers of Node count to 2^31. */
export const maxOptionMs = 24 * 60 * 60 * 1_000;

/** Whether a time of the options can be kept. */
export function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= maxOptionMs;
}
