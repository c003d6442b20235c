import { isAbsence, isSecretError, type SecretError } from "../errors/secret-error.js";
import type { PutResult } from "../provider.js";
import { formatPath } from "../refs/format-ref.js";
import { parseRef } from "../refs/parse-ref.js";
import type { RefInput } from "../refs/ref.js";
import { isCertainlyNotDone } from "../resilience/failure-classes.js";
import type { Clock } from "../runtime/clock.js";
import type { SecretInput } from "../secret/secret.js";
import { createBudget } from "./budget.js";
import type { DeleteOptions, PutOptions, SecretStore } from "./secret-store.js";

/** Paths of which is known where they were written to; beyond, writes stay with the first store. */
const maxPaths = 10_000;

/** What {@link DivertedWrites} need. */
export interface DivertedPort {
  /** The first one, and those that take over from it. */
  readonly stores: readonly [SecretStore, ...SecretStore[]];
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly onDivert: (
    from: SecretStore,
    to: SecretStore,
    ref: RefInput,
    error: SecretError,
  ) => void;
}

/**
 * Writes that go on to another store when the first one has certainly not carried them out. What was
 * written there is read there, and nowhere else, until the first store takes a write of the same
 * path: an acknowledged write is never followed by an older value.
 */
export class DivertedWrites {
  readonly #port: DivertedPort;
  readonly #places = new Map<string, SecretStore>();

  constructor(port: DivertedPort) {
    this.#port = port;
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  /** The store that has the newest value; undefined for the first one. */
  placeOf(ref: RefInput): SecretStore | undefined {
    if (this.isEmpty) return undefined;
    const path = pathOf(ref);
    return path === undefined ? undefined : this.#places.get(path);
  }

  async put(ref: RefInput, value: SecretInput, options: PutOptions = {}): Promise<PutResult> {
    const { stores, clock, timeoutMs, onDivert } = this.#port;
    const place = this.placeOf(ref);
    // A version is one of a certain store, and what is absent in one can be there in another.
    if (options.ifVersion !== undefined) return (place ?? stores[0]).put(ref, value, options);
    const path = pathOf(ref);
    const budget = createBudget(options, clock, timeoutMs);
    const mayDivert = path !== undefined && (place !== undefined || this.#places.size < maxPaths);
    let first: SecretError | undefined;
    for (const [index, store] of stores.entries()) {
      const shareMs = Math.ceil((budget().timeoutMs ?? 0) / (stores.length - index));
      try {
        const more = mayDivert ? { ...options, timeoutMs: shareMs } : options;
        const result = await store.put(ref, value, more);
        if (path !== undefined && index === 0) this.#places.delete(path);
        else if (path !== undefined) this.#places.set(path, store);
        return result;
      } catch (error) {
        if (!isSecretError(error) || !mayDivert || !wasNothingDone(error)) throw error;
        first ??= error;
        const next = stores[index + 1];
        if (next === undefined) throw first;
        onDivert(store, next, ref, error);
      }
    }
    throw first as Error;
  }

  /** Deletes in the first store, and where the newest value is. */
  async delete(ref: RefInput, options?: DeleteOptions): Promise<void> {
    const [primary] = this.#port.stores;
    const place = this.placeOf(ref);
    try {
      await primary.delete(ref, options);
    } catch (error) {
      // It may have come to be in the other one alone.
      if (place === undefined || !isAbsence(error)) throw error;
    }
    if (place === undefined) return;
    await place.delete(ref, options).catch((error: unknown) => {
      if (!isAbsence(error)) throw error;
    });
    const path = pathOf(ref);
    if (path !== undefined) this.#places.delete(path);
  }
}

/** A breaker that is open has let nothing through. */
function wasNothingDone(error: SecretError): boolean {
  return error.code === "CircuitOpen" || isCertainlyNotDone(error);
}

/** Undefined for a reference that the store itself will refuse. */
function pathOf(ref: RefInput): string | undefined {
  try {
    return formatPath(parseRef(ref).path);
  } catch {
    return undefined;
  }
}
