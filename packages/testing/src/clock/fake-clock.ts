import { AbortedError, type Clock } from "@kinko/core";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Where a {@link FakeClock} starts. */
export interface FakeClockOptions {
  /** Wall clock at the start, milliseconds since 1970. Default: 2030-01-01T00:00:00Z. */
  readonly nowMs?: number;
}

const defaultStartMs = Date.UTC(2030, 0, 1);

/** How many rounds of the event loop a flush lasts; see {@link flushMicrotasks}. */
const flushRounds = 3;

/**
 * A clock that stands still until the test moves it. Give it to everything that takes a `Clock`.
 *
 * @example
 * const clock = new FakeClock();
 * const store = createStore("memory", createMemoryProvider(), { clock, timeoutMs: 1_000 });
 * const reading = store.get("slow");
 * await clock.advance(1_000); // the deadline fires: `reading` fails with Timeout
 */
export class FakeClock implements Clock {
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;
  #jumpedMs = 0;
  #scheduled = 0;

  constructor(options: FakeClockOptions = {}) {
    this.#startMs = options.nowMs ?? defaultStartMs;
  }

  /** Timers that wait, sleeps included. Zero at the end of a test means that nothing leaked. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs + this.#jumpedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const dueMs = this.#elapsedMs + Math.max(delayMs, 0);
    this.#scheduled += 1;
    const timer: Timer = { dueMs, order: this.#scheduled, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  sleep(
    delayMs: number,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new AbortedError("The wait was cancelled."));
        return;
      }
      const abort = (): void => {
        cancel();
        reject(new AbortedError("The wait was cancelled."));
      };
      const cancel = this.schedule(delayMs, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /**
   * Moves both clocks on. Timers that become due run in the order in which they are due, each at
   * its own time, and what they start gets to run before the next one does; a timer that is set
   * meanwhile and falls due within the same span runs too.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await flushMicrotasks();
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#timers.delete(timer);
      this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
      timer.callback();
      await flushMicrotasks();
    }
    this.#elapsedMs = endMs;
  }

  /** Moves the wall clock alone, as when somebody sets it; no timer runs. */
  jumpWallClock(ms: number): void {
    this.#jumpedMs += ms;
  }

  #next(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > endMs) continue;
      if (
        first === undefined ||
        timer.dueMs < first.dueMs ||
        (timer.dueMs === first.dueMs && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  }
}

/**
 * Lets everything that is ready to run do so: promise reactions, and what they set with
 * `setImmediate`. It does not wait for sockets, files or timers.
 */
export async function flushMicrotasks(): Promise<void> {
  for (let round = 0; round < flushRounds; round += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
