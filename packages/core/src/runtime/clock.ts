import { AbortedError } from "../errors/classes.js";

/** Longest delay that Node's timers honour; a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

/** Source of time. Everything in Kinko that waits or ages takes one, so that tests control it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`; returns a function that cancels. It never keeps a process alive. */
  schedule(delayMs: number, callback: () => void): () => void;
  /**
   * Resolves after `delayMs`.
   * @throws AbortedError as soon as the signal aborts.
   */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Not performance.now(): its module takes 3 ms to load, at the first call of a short-lived process.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), maxTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
  sleep(delayMs, options = {}) {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        reject(new AbortedError("The wait was cancelled."));
      };
      if (signal?.aborted === true) {
        reject(new AbortedError("The wait was cancelled."));
        return;
      }
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
        Math.min(Math.max(delayMs, 0), maxTimerMs),
      );
      signal?.addEventListener("abort", abort, { once: true });
    });
  },
};
