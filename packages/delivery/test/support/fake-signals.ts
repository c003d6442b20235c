import { EventEmitter } from "node:events";
import type { SignalSource } from "../../src/run/forward-signals.js";

/** Signals that a test sends, in place of those that this process would get. */
export class FakeSignals extends EventEmitter implements SignalSource {
  send(signal: NodeJS.Signals): void {
    this.emit(signal, signal);
  }
}
