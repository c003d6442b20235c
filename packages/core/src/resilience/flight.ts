import type { Instant } from "../runtime/elapsed.js";
import type { Secret } from "../secret/secret.js";

/** One request for a secret, and how many wait for it. */
export class Flight {
  readonly path: string;
  readonly startedAt: Instant;
  /** Resolves to a secret of the flight's own: who waits takes a copy before it leaves. */
  readonly result: Promise<Secret>;
  /** False once a write or a newer answer has made its own one worthless for the cache. */
  isCurrent = true;
  readonly #controller = new AbortController();
  readonly #goesOnAlone: boolean;
  #waiting = 0;
  #joined = 0;
  #secret: Secret | undefined;
  #isSettled = false;

  /** `goesOnAlone`: it is not cancelled when nobody waits for it. */
  constructor(
    path: string,
    startedAt: Instant,
    goesOnAlone: boolean,
    request: (signal: AbortSignal, flight: Flight) => Promise<Secret>,
  ) {
    this.path = path;
    this.startedAt = startedAt;
    this.#goesOnAlone = goesOnAlone;
    this.result = this.#run(request);
    // Those who wait are told; when nobody does, nobody is to be.
    this.result.catch(() => undefined);
  }

  /** Whether it was given up because nobody waited. */
  get isCancelled(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Whether this is the first one who waits, by whose deadline it goes. */
  join(): boolean {
    this.#waiting += 1;
    this.#joined += 1;
    return this.#joined === 1;
  }

  leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    if (this.#isSettled) this.#secret?.dispose();
    else if (!this.#goesOnAlone) this.#controller.abort();
  }

  async #run(request: (signal: AbortSignal, flight: Flight) => Promise<Secret>): Promise<Secret> {
    // Not before the constructor has ended: the request is told of the whole flight.
    await Promise.resolve();
    try {
      this.#secret = await request(this.#controller.signal, this);
      return this.#secret;
    } finally {
      this.#isSettled = true;
      if (this.#waiting === 0) this.#secret?.dispose();
    }
  }
}
