import { EventEmitter } from "node:events";
import type { CliSignals } from "../../src/io.js";

/** Signals that a test sends, in place of those that this process would get. */
export class FakeSignals extends EventEmitter implements CliSignals {
  send(signal: NodeJS.Signals): void {
    this.emit(signal, signal);
  }
}
