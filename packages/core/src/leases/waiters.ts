import { keepAlive } from "../runtime/keep-alive.js";
import { unlessAborted } from "./unless-aborted.js";

/** Callers that wait for the next change. The process does not end under them. */
export class Waiters {
  readonly #waiting = new Set<() => void>();
  #letEnd: (() => void) | undefined;

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
    this.#letEnd ??= keepAlive();
    try {
      await unlessAborted(changed, signal);
    } finally {
      this.#waiting.delete(wake);
      if (this.#waiting.size === 0) {
        this.#letEnd?.();
        this.#letEnd = undefined;
      }
    }
  }
}
