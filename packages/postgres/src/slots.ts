import { AbortedError, ClosedError } from "@kinko/core";

interface Waiting {
  enter(): void;
  refuse(error: Error): void;
}

/**
 * Bounds how many connections are in use, over all logins. Who waits does so here, in order, and not
 * in the queue of a pool: a queue could not move to the next login.
 */
export class Slots {
  readonly #max: number;
  readonly #waiting = new Set<Waiting>();
  #used = 0;
  #closed = false;

  constructor(max: number) {
    this.#max = max;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** @throws AbortedError, ClosedError */
  async enter(signal: AbortSignal): Promise<void> {
    if (this.#closed) throw poolEnded();
    if (this.#used < this.#max) {
      this.#used += 1;
      return;
    }
    let onAbort: () => void = () => undefined;
    try {
      await new Promise<void>((enter, refuse) => {
        const waiting: Waiting = { enter, refuse };
        onAbort = () => {
          if (this.#waiting.delete(waiting)) refuse(new AbortedError("The wait was cancelled."));
        };
        this.#waiting.add(waiting);
        signal.addEventListener("abort", onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Hands the slot to who has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#used -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.enter();
  }

  /** Refuses who waits, and who comes. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting) waiting.refuse(poolEnded());
    this.#waiting.clear();
  }
}

export function poolEnded(): ClosedError {
  return new ClosedError("The pool was ended.", {
    operation: "connect",
    reason: "pool-ended",
    advice: "Make a new one.",
  });
}
