import type { LeasedCredentials } from "./credential-handle.js";
import type { Expiry } from "./expiry.js";
import type { LeasePlan } from "./schedule.js";

/** One generation of credentials as the manager keeps it. Replaced as a whole, never changed. */
export interface Grant {
  readonly leaseId: string;
  readonly credentials: LeasedCredentials;
  readonly expiry: Expiry;
  /** Life of the newest grant or renewal. */
  readonly durationMs: number;
  /** What it was made with, and what renewals ask for. */
  readonly wishedMs: number;
  readonly plan: LeasePlan;
  /** Readings of a static role since its time was over. */
  readonly overdueReadings: number;
}
