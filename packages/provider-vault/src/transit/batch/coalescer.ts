import type { Clock, CryptoCallOptions, CryptoOutcome } from "@kinko/core";
import { aborted, timedOut } from "../../engine/deadline.js";

/** How many items, and how many bytes of them, go into one request. */
export interface BatchLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** What a {@link Coalescer} needs. */
export interface CoalescerOptions<Item, Value> extends BatchLimits {
  /** Requests that are under way at most; more callers wait and go into the next one together. */
  readonly maxInFlight: number;
  readonly clock: Clock;
  /** Time of a call that names none, in milliseconds. */
  readonly timeoutMs: number;
  /** One request. It gets the signal that aborts when no caller waits for it any more. */
  readonly send: (
    items: readonly Item[],
    signal: AbortSignal,
  ) => Promise<readonly CryptoOutcome<Value>[]>;
  /** Erases an item that is not sent. */
  readonly discard: (item: Item) => void;
  /** Erases a result that nobody waits for any more. */
  readonly release: (value: Value) => void;
  /** Called when nothing waits and nothing is under way. */
  readonly onIdle?: (() => void) | undefined;
}

interface Waiting<Item, Value> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: Deadline<Item, Value>;
  /** Ends the listener on the caller's signal. */
  readonly unlisten: (() => void) | undefined;
  batch: Batch | undefined;
  gone: boolean;
}

/** One timer for all calls of one moment that have the same time: a timer each would cost more than they. */
interface Deadline<Item, Value> {
  readonly timeoutMs: number;
  readonly members: Waiting<Item, Value>[];
  readonly cancel: () => void;
  left: number;
}

interface Batch {
  readonly controller: AbortController;
  callers: number;
}

/**
 * Makes one request of calls that are made at the same time.
 *
 * A call that finds nothing under way is sent in the same turn of the event loop, after the code
 * that runs now: what that code asks for as well goes along, and a lone call loses no time. While
 * `maxInFlight` requests are under way, calls gather for the next.
 */
export class Coalescer<Item, Value> {
  readonly #options: CoalescerOptions<Item, Value>;
  #queue: Waiting<Item, Value>[] = [];
  #queuedBytes = 0;
  #inFlight = 0;
  #scheduled = false;
  /** That of the moment. */
  #deadline: Deadline<Item, Value> | undefined;

  constructor(options: CoalescerOptions<Item, Value>) {
    this.#options = options;
  }

  /**
   * @param bytes what the item adds to the request
   * @throws AbortedError or TimeoutError as soon as the caller's signal or time says so, and the
   * error of the item or of the request
   */
  run(item: Item, bytes: number, call: CryptoCallOptions): Promise<Value> {
    const { signal, timeoutMs = this.#options.timeoutMs } = call;
    if (signal?.aborted === true) {
      this.#options.discard(item);
      return Promise.reject(aborted());
    }
    return new Promise((resolve, reject) => {
      const deadline = this.#deadlineIn(timeoutMs);
      const onAbort = signal === undefined ? undefined : () => this.#leave(waiting, aborted());
      const waiting: Waiting<Item, Value> = {
        item,
        bytes,
        resolve,
        reject,
        deadline,
        unlisten:
          onAbort === undefined ? undefined : () => signal?.removeEventListener("abort", onAbort),
        batch: undefined,
        gone: false,
      };
      if (onAbort !== undefined) signal?.addEventListener("abort", onAbort, { once: true });
      deadline.members.push(waiting);
      deadline.left += 1;
      this.#queue.push(waiting);
      this.#queuedBytes += bytes;
      this.#schedule();
    });
  }

  #deadlineIn(timeoutMs: number): Deadline<Item, Value> {
    if (this.#deadline?.timeoutMs === timeoutMs) return this.#deadline;
    const members: Waiting<Item, Value>[] = [];
    const cancel = this.#options.clock.schedule(timeoutMs, () => {
      for (const member of members) this.#leave(member, timedOut(timeoutMs));
    });
    const deadline = { timeoutMs, members, cancel, left: 0 };
    this.#deadline = deadline;
    // Before the next turn of the event loop: later calls have a later end.
    queueMicrotask(() => {
      if (this.#deadline === deadline) this.#deadline = undefined;
    });
    return deadline;
  }

  #schedule(): void {
    if (this.#inFlight >= this.#options.maxInFlight) return;
    const { maxItems, maxBytes } = this.#options;
    if (this.#queue.length >= maxItems || this.#queuedBytes >= maxBytes) {
      this.#begin();
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#queue.length > 0 && this.#inFlight < this.#options.maxInFlight) this.#begin();
    if (this.#queue.length === 0 && this.#inFlight === 0) this.#options.onIdle?.();
  }

  #begin(): void {
    const members = this.#take();
    const batch: Batch = { controller: new AbortController(), callers: members.length };
    for (const member of members) member.batch = batch;
    this.#inFlight += 1;
    void this.#send(members, batch).finally(() => {
      this.#inFlight -= 1;
      this.#flush();
    });
  }

  /** The first of the queue, as many as fit; one that alone is too large goes alone. */
  #take(): Waiting<Item, Value>[] {
    const { maxItems, maxBytes } = this.#options;
    let count = 0;
    let bytes = 0;
    for (const waiting of this.#queue) {
      if (count > 0 && (count >= maxItems || bytes + waiting.bytes > maxBytes)) break;
      count += 1;
      bytes += waiting.bytes;
    }
    const members = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    return members;
  }

  async #send(members: readonly Waiting<Item, Value>[], batch: Batch): Promise<void> {
    try {
      const items = members.map(({ item }) => item);
      const outcomes = await this.#options.send(items, batch.controller.signal);
      for (const [index, member] of members.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined) this.#settle(member, outcome);
      }
    } catch (error) {
      for (const member of members) {
        if (this.#end(member)) member.reject(error);
      }
    }
  }

  #settle(member: Waiting<Item, Value>, outcome: CryptoOutcome<Value>): void {
    if (!this.#end(member)) {
      if ("value" in outcome) this.#options.release(outcome.value);
    } else if ("value" in outcome) member.resolve(outcome.value);
    else member.reject(outcome.error);
  }

  /** Ends the wait of a caller; false when it has ended before. */
  #end(member: Waiting<Item, Value>): boolean {
    if (member.gone) return false;
    member.gone = true;
    member.unlisten?.();
    member.deadline.left -= 1;
    if (member.deadline.left === 0) member.deadline.cancel();
    return true;
  }

  #leave(member: Waiting<Item, Value>, error: Error): void {
    if (!this.#end(member)) return;
    member.reject(error);
    const { batch } = member;
    if (batch === undefined) {
      this.#queue = this.#queue.filter((waiting) => waiting !== member);
      this.#queuedBytes -= member.bytes;
      this.#options.discard(member.item);
      return;
    }
    batch.callers -= 1;
    if (batch.callers === 0) batch.controller.abort(error);
  }
}
