import { AbortedError } from "../errors/classes.js";

/** Callers that wait for the next change. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  /** Resolves at the next change. @throws AbortedError */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    let wake: () => void = () => undefined;
    const changed = new Promise<void>((resolve) => (wake = resolve));
    this.#waiting.add(wake);
    try {
      await this.race(changed, signal);
    } finally {
      this.#waiting.delete(wake);
    }
  }

  /** The work's result, unless the signal aborts first. @throws AbortedError */
  async race<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    if (signal === undefined) return work;
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(new AbortedError("The wait was cancelled."));
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
