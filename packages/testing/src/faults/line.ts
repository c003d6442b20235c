import type { Socket } from "node:net";
import type { Clock } from "@kinko/core";
import type { Fault } from "./fault.js";

/** Bytes that wait in a line before its source is no longer read. */
const highWaterBytes = 1024 * 1024;

/** A slow line hands bytes on this often, or a byte at a time where that is less. */
const slicesPerSecond = 20;

/** What a {@link Line} tells its connection. */
export interface LineEvents {
  /** Bytes passed to the other side. */
  passed(bytes: number): void;
  /** The limit is used up, and more was to pass. */
  exhausted(): void;
}

/**
 * One direction of a connection: a queue between two sockets. It goes on reading while it holds
 * bytes back, or it would not see the source end.
 */
export class Line {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #clock: Clock;
  readonly #events: LineEvents;
  readonly #queue: { bytes: Buffer; readonly arrivedMs: number }[] = [];
  #queuedBytes = 0;
  #ended = false;
  #closed = false;
  #fault: Fault = { kind: "none" };
  /** Bytes that may still pass. */
  #allowance = Number.POSITIVE_INFINITY;
  /** When the slow line has passed on what it was given last. */
  #busyUntilMs = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(source: Socket, sink: Socket, clock: Clock, events: LineEvents) {
    this.#source = source;
    this.#sink = sink;
    this.#clock = clock;
    this.#events = events;
    source.on("data", (bytes: Buffer) => this.#receive(bytes));
    source.once("end", () => {
      this.#ended = true;
      this.#pump();
    });
    sink.on("drain", () => this.#pump());
  }

  /** What is done to bytes from now on; `limitBytes` is of this direction alone. */
  set(fault: Fault, limitBytes: number = Number.POSITIVE_INFINITY): void {
    this.#fault = fault;
    this.#allowance = limitBytes;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#busyUntilMs = this.#clock.monotonicMs();
    this.#pump();
  }

  /** Nothing passes any more; what still arrives is thrown away. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#queue.length = 0;
    this.#source.resume();
  }

  #receive(bytes: Buffer): void {
    if (this.#closed) return;
    this.#queue.push({ bytes, arrivedMs: this.#clock.monotonicMs() });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > highWaterBytes) this.#source.pause();
    this.#pump();
  }

  #pump(): void {
    while (!this.#closed && this.#fault.kind !== "stall" && !this.#sink.writableNeedDrain) {
      const head = this.#queue[0];
      if (head === undefined) {
        if (this.#ended && !this.#sink.writableEnded) this.#sink.end();
        return;
      }
      if (this.#allowance === 0) {
        this.#events.exhausted();
        return;
      }
      const size = Math.min(head.bytes.length, this.#allowance, this.#sliceBytes());
      if (this.#mustWait(head.arrivedMs, size)) return;
      this.#pass(head, size);
    }
  }

  #pass(head: { bytes: Buffer }, size: number): void {
    this.#sink.write(head.bytes.subarray(0, size));
    this.#events.passed(size);
    this.#allowance -= size;
    this.#queuedBytes -= size;
    if (size === head.bytes.length) this.#queue.shift();
    else head.bytes = head.bytes.subarray(size);
    if (this.#queuedBytes <= highWaterBytes) this.#source.resume();
  }

  #sliceBytes(): number {
    if (this.#fault.kind !== "slow" || this.#fault.bytesPerSecond === undefined) {
      return Number.POSITIVE_INFINITY;
    }
    return Math.max(1, Math.floor(this.#fault.bytesPerSecond / slicesPerSecond));
  }

  /** Whether the slow line is not so far yet; it then goes on by itself. */
  #mustWait(arrivedMs: number, size: number): boolean {
    if (this.#fault.kind !== "slow") return false;
    const { latencyMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = this.#fault;
    const dueMs =
      Math.max(arrivedMs + latencyMs, this.#busyUntilMs) + (size / bytesPerSecond) * 1000;
    const waitMs = dueMs - this.#clock.monotonicMs();
    if (waitMs <= 0) {
      this.#busyUntilMs = dueMs;
      return false;
    }
    // Rounded up, or a timer that fires a fraction early would wait again for nothing.
    this.#cancelTimer ??= this.#clock.schedule(Math.ceil(waitMs), () => {
      this.#cancelTimer = undefined;
      this.#pump();
    });
    return true;
  }
}
