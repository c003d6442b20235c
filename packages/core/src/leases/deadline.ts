import { AbortedError, TimeoutError } from "../errors/classes.js";
import type { Clock } from "../runtime/clock.js";

/** How one call is bounded. */
export interface Deadline<Result> {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
  /** Gets a result that came when nobody waited for it any more. */
  readonly onLate?: ((result: Result) => void) | undefined;
}

/** Runs a call; the caller is released when time is up or the signal aborts, whatever the call does. */
export async function withDeadline<Result>(
  { clock, timeoutMs, signal, onLate }: Deadline<Result>,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (signal?.aborted === true) throw new AbortedError("The call was cancelled.");
  const controller = new AbortController();
  let released = false;
  let stop: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      released = true;
      reject(error);
      controller.abort(error);
    };
  });
  const onAbort = (): void => stop(new AbortedError("The call was cancelled."));
  signal?.addEventListener("abort", onAbort, { once: true });
  const cancel = clock.schedule(timeoutMs, () =>
    stop(
      new TimeoutError(`The backend did not answer within ${timeoutMs} ms.`, {
        advice: "Check that it is reachable.",
      }),
    ),
  );
  const working = Promise.resolve(work(controller.signal)).then((result) => {
    if (released) onLate?.(result);
    return result;
  });
  try {
    return await Promise.race([working, stopped]);
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Resolves when the work has, or the signal aborts, or time is up; whichever comes first. */
export async function settledWithin(
  work: Promise<unknown>,
  options: { readonly clock: Clock; readonly ms: number; readonly signal?: AbortSignal },
): Promise<void> {
  const { clock, ms, signal } = options;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.schedule(ms, done);
    signal?.addEventListener("abort", done, { once: true });
    void work.catch(() => undefined).finally(done);
    if (signal?.aborted === true) done();
  });
}
