import type { DynamicCapability, DynamicRequest } from "../capabilities/dynamic.js";
import type { Clock } from "../runtime/clock.js";
import type { Logger } from "../runtime/logger.js";
import type { IssueGate } from "./issue-gate.js";
import type { LeaseJournal } from "./journal/lease-journal.js";
import type { LeaseListener } from "./lease-event.js";
import type { Revoker } from "./revoker.js";

/** What all handles of a manager share. */
export interface LeaseContext {
  readonly dynamic: DynamicCapability;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly emit: LeaseListener;
  readonly journal: LeaseJournal;
  readonly revoker: Revoker;
  readonly overlapMs: number;
  readonly callTimeoutMs: number;
  readonly closeTimeoutMs: number;
  gateOf(request: DynamicRequest): IssueGate;
}
