import { TimeoutError, type Clock } from "@kinko/core";

/**
 * Work that many callers need at the same time and that is done once for all of them, such as a
 * login. It has a deadline of its own; a caller that gives up leaves the others waiting undisturbed.
 */
export class SingleFlight<Result> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #running: Promise<Result> | undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Joins the work under way, or begins it.
   * @throws the reason of `signal` as soon as it aborts, and whatever the work throws
   */
  run(signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    this.#running ??= this.#begin(work);
    return raceAbort(this.#running, signal);
  }

  #begin(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    const cancel = this.#clock.schedule(this.#timeoutMs, () =>
      controller.abort(
        new TimeoutError(`Vault did not answer within ${this.#timeoutMs} ms.`, {
          advice: "Check that it is reachable, or allow more time with timeoutMs.",
        }),
      ),
    );
    const running = work(controller.signal).finally(() => {
      cancel();
      this.#running = undefined;
    });
    // Every caller may have left by the time it fails.
    running.catch(() => undefined);
    return running;
  }
}

function raceAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
