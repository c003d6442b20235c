import type { CliSignals } from "../io.js";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Timers of the clock keep no process alive; this one does, and does nothing else. */
const aliveMs = 2 ** 30;

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
  const alive = setInterval(() => undefined, aliveMs);
  return {
    signal: controller.signal,
    end,
    close() {
      clearInterval(alive);
      for (const name of endings) signals.off(name, end);
    },
  };
}
