import type { Clock } from "../runtime/clock.js";
import { IssueGate } from "./issue-gate.js";

/** The gates that are needed now, by what is asked for. */
export class IssueGates {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #gates = new Map<string, IssueGate>();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#gates.size;
  }

  /** The caller passes it at once: one that nobody passes stays. */
  of(key: string): IssueGate {
    const known = this.#gates.get(key);
    if (known !== undefined) return known;
    const gate = new IssueGate(this.#clock, this.#random, () => this.#gates.delete(key));
    this.#gates.set(key, gate);
    return gate;
  }
}
