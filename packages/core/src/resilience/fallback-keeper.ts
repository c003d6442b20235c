import { isSecretError } from "../errors/secret-error.js";
import { settledWithin } from "../leases/deadline.js";
import type { Clock } from "../runtime/clock.js";
import type { Logger } from "../runtime/logger.js";
import type { CacheFallback, SavedSecret } from "./cache-fallback.js";

/** How long news may wait for more of it, in milliseconds; what a refusal took away does not wait. */
const saveDelayMs = 5_000;
/** The longest wait before a save that has failed again and again is tried once more, in milliseconds. */
const retryCeilingMs = 300_000;
/** How long `close` waits for a file system that does not answer, in milliseconds. */
const closeMs = 2_000;

/** What a {@link FallbackKeeper} needs. */
export interface FallbackPort {
  readonly provider: string;
  readonly clock: Clock;
  readonly warn: Logger["warn"];
  /** Copies of what is cached now. */
  readonly snapshot: () => readonly SavedSecret[];
}

/**
 * Saves what a cache holds, one save at a time, and never fails: a cache goes on without it. What could
 * not be saved is saved later, since a refused value must not stay in a file.
 */
export class FallbackKeeper {
  readonly #fallback: CacheFallback;
  readonly #port: FallbackPort;
  #cancelTimer: () => void = () => undefined;
  #isWaiting = false;
  #isDirty = false;
  #saving: Promise<void> | undefined;
  #isClosed = false;
  /** In a row, since there was something to be taken away. */
  #failures = 0;
  #hasWarned = false;

  constructor(fallback: CacheFallback, port: FallbackPort) {
    this.#fallback = fallback;
    this.#port = port;
  }

  /** What an earlier run has left. Never rejects. */
  async load(): Promise<readonly SavedSecret[]> {
    try {
      return await this.#fallback.load(this.#port.provider);
    } catch (error) {
      this.#warn("The saved cache is not used.", error);
      return [];
    }
  }

  /** Something was cached, or, `urgent`, taken away. */
  changed(urgent: boolean): void {
    if (this.#isClosed) return;
    this.#isDirty = true;
    if (urgent) {
      this.#stopWaiting();
      this.#failures = 0;
      void this.#save();
    } else if (!this.#isWaiting && this.#saving === undefined) {
      this.#saveIn(saveDelayMs);
    }
  }

  /** Saves what is not saved yet, as it is at the moment of the call. Waits two seconds at most. */
  async close(): Promise<void> {
    this.#stopWaiting();
    // What is being saved may turn out not to be.
    const mayBeNeeded = !this.#isClosed && (this.#isDirty || this.#saving !== undefined);
    const last = mayBeNeeded ? this.#port.snapshot() : [];
    this.#isClosed = true;
    const work = (this.#saving ?? Promise.resolve()).then(() => {
      if (mayBeNeeded && this.#isDirty) return this.#write(last);
      erase(last);
      return undefined;
    });
    await settledWithin(work, { clock: this.#port.clock, ms: closeMs });
  }

  async #save(): Promise<void> {
    // What changes during a save is seen when it is over.
    if (this.#saving !== undefined) return;
    do {
      this.#isDirty = false;
      this.#saving = this.#write(this.#port.snapshot());
      await this.#saving;
    } while (this.#isDirty && this.#failures === 0 && !this.#isClosed);
    this.#saving = undefined;
    if (this.#failures > 0 && !this.#isClosed) {
      this.#saveIn(Math.min(saveDelayMs * 2 ** (this.#failures - 1), retryCeilingMs));
    }
  }

  async #write(secrets: readonly SavedSecret[]): Promise<void> {
    try {
      await this.#fallback.save(this.#port.provider, secrets);
      this.#failures = 0;
      this.#hasWarned = false;
    } catch (error) {
      this.#isDirty = true;
      this.#failures += 1;
      if (!this.#hasWarned) this.#warn("The cache could not be saved for a restart.", error);
      this.#hasWarned = true;
    } finally {
      erase(secrets);
    }
  }

  #saveIn(delayMs: number): void {
    this.#isWaiting = true;
    this.#cancelTimer = this.#port.clock.schedule(delayMs, () => {
      this.#isWaiting = false;
      void this.#save();
    });
  }

  #stopWaiting(): void {
    this.#cancelTimer();
    this.#isWaiting = false;
  }

  #warn(message: string, error: unknown): void {
    const known = isSecretError(error);
    const code = known ? error.code : "Internal";
    this.#port.warn(message, { code, reason: known ? error.reason : undefined });
  }
}

function erase(secrets: readonly SavedSecret[]): void {
  for (const { bytes } of secrets) bytes.fill(0);
}
