import type { LeaseEvent } from "../leases/lease-event.js";
import { attributes } from "./names.js";
import type { Instruments } from "./store-metrics.js";

/** Turns the events of lease managers into metrics. */
export class LeaseMetrics {
  readonly #instruments: Instruments;
  readonly #held = new Set<string>();
  readonly #stopObserving: () => void;

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
    this.#stopObserving = instruments.observe("kinko.leases", () => [[this.#held.size, {}]]);
  }

  record(event: LeaseEvent): void {
    this.#instruments.add("kinko.lease.events", { [attributes.event]: event.type });
    // A static role has no lease of its own to tell apart by.
    const key = event.leaseId === "" ? `${event.path} ${event.generation}` : event.leaseId;
    if (event.type === "issued") this.#held.add(key);
    else if (event.type === "revoked" || event.type === "lost") this.#held.delete(key);
  }

  close(): void {
    this.#stopObserving();
  }
}
