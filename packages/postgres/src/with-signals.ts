import { AbortedError } from "@kinko/core";

/** The work's result, unless a signal aborts first; the work itself goes on. @throws AbortedError */
export async function withSignals<Result>(
  work: Promise<Result>,
  signals: readonly AbortSignal[],
): Promise<Result> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new AbortedError("The wait was cancelled."));
  });
  for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
  if (signals.some((signal) => signal.aborted)) onAbort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  }
}
