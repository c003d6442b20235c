import { keepAlive } from "@kinko/core";
import type { CliSignals } from "../io.js";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Keeps the process alive until a signal says that it is to end, or `end` is called. */
export function untilSignal(signals: CliSignals): {
  readonly signal: AbortSignal;
  readonly end: () => void;
  /** Signals act as before. */
  readonly close: () => void;
} {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  for (const name of endings) signals.on(name, end);
  const letEnd = keepAlive();
  return {
    signal: controller.signal,
    end,
    close() {
      letEnd();
      for (const name of endings) signals.off(name, end);
    },
  };
}
