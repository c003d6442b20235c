import { TimeoutError, type Clock } from "@kinko/core";

/**
 * Work that many callers need at the same time and that is done once for all of them: requesting a
 * token, loading the SDK. It has a deadline of its own, so that a caller who gives up leaves the
 * others undisturbed.
 */
export class SingleFlight<Result> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #running = new Map<string, Promise<Result>>();

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Joins the work under way for this key, or begins it. */
  run(key: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key) ?? this.#begin(key, work);
    this.#running.set(key, running);
    return running;
  }

  async #begin(key: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    const deadline = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason as Error), {
        once: true,
      });
    });
    const cancel = this.#clock.schedule(this.#timeoutMs, () =>
      controller.abort(
        new TimeoutError(`No token for Key Vault was issued within ${this.#timeoutMs} ms.`, {
          reason: "token-timeout",
          advice:
            "Check that the identity service is reachable, or allow more time with timeoutMs.",
        }),
      ),
    );
    try {
      // Also ends when the work does not listen to the signal.
      return await Promise.race([work(controller.signal), deadline]);
    } finally {
      cancel();
      this.#running.delete(key);
    }
  }
}
