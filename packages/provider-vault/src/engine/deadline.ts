import { AbortedError, TimeoutError, type Clock, type CryptoCallOptions } from "@kinko/core";

/** The failure of a caller that gave up. */
export function aborted(): Error {
  return new AbortedError("The call was cancelled.");
}

/** The failure of a caller whose time is up. */
export function timedOut(timeoutMs: number): Error {
  return new TimeoutError(`Vault did not answer within ${timeoutMs} ms.`, {
    advice: "Check that it is reachable, or allow more time with timeoutMs.",
  });
}

/**
 * Runs work under the caller's signal and one total deadline; the caller is released at once when
 * either comes, also when the work does not react.
 */
export async function underDeadline<Result>(
  { clock, timeoutMs: defaultTimeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  { signal, timeoutMs = defaultTimeoutMs }: CryptoCallOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (signal?.aborted === true) throw aborted();
  const controller = new AbortController();
  let stop: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      reject(error);
      controller.abort(error);
    };
  });
  const onAbort = (): void => stop(aborted());
  signal?.addEventListener("abort", onAbort, { once: true });
  const cancel = clock.schedule(timeoutMs, () => stop(timedOut(timeoutMs)));
  try {
    return await Promise.race([work(controller.signal), stopped]);
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}
