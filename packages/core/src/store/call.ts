import { AbortedError, ClosedError, TimeoutError } from "../errors/classes.js";
import type { SecretError } from "../errors/secret-error.js";
import { wrapError, type ErrorClassification } from "../errors/wrap.js";
import { Attempts, type AttemptsPort } from "../resilience/attempts.js";
import type { Clock } from "../runtime/clock.js";

/** What runs one call of a driver. */
export interface CallRunner {
  /**
   * Runs `work` under one deadline and signal, and turns whatever it throws into one SecretError.
   * The caller is released at once when the signal aborts or time is up, also when the driver
   * does not react.
   */
  run<Result>(call: Call, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** The one SecretError of a failure that arose outside of `run`. */
  wrap(error: unknown, call: Pick<Call, "operation" | "ref">): SecretError;
  /** Cancels everything under way; later calls throw ClosedError. */
  close(): void;
  /** Aborts when the store is closed, for what waits between calls. */
  readonly closing: AbortSignal;
}

/** Which call, for deadlines and error messages. */
export interface Call {
  readonly operation: string;
  readonly ref?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** The time that the caller allowed, when this call has only what others left of it. */
  readonly totalMs?: number | undefined;
  /** True for what must reach the driver exactly once and whatever the breaker says. */
  readonly bare?: boolean | undefined;
  /** False where a failed attempt cannot be made again. */
  readonly mayRetry?: (() => boolean) | undefined;
}

/** What a {@link CallRunner} needs. */
export interface CallRunnerOptions {
  readonly provider: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly classifyError: (error: unknown) => ErrorClassification;
  /** What repeats attempts and holds them back; undefined for none of it. */
  readonly attempts?: AttemptsPort | undefined;
}

/**
 * The one way from the portable store to a driver. What holds for all backends and every call
 * (deadline, abort, one wrapping of errors) is here; retry and breaker hang in by `attempts`.
 */
export function createCallRunner(options: CallRunnerOptions): CallRunner {
  // Functions and not signals: a listener on each call's own signal would cost more than the rest.
  const underWay = new Set<() => void>();
  const closing = new AbortController();

  const run = async <Result>(
    call: Call,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    const context = { provider: options.provider, operation: call.operation, ref: call.ref };
    if (closing.signal.aborted) {
      throw new ClosedError("The store was closed.", { ...context, advice: "Open a new one." });
    }
    if (call.signal?.aborted === true) throw new AbortedError("The call was cancelled.", context);

    const timeoutMs = call.timeoutMs ?? options.timeoutMs;
    const timeout = (): TimeoutError =>
      new TimeoutError(`The store did not answer within ${call.totalMs ?? timeoutMs} ms.`, {
        ...context,
        advice: "Check that it is reachable, or allow more time with timeoutMs.",
      });
    // Nothing is left of the total time: a request that is cut off at once would be a waste.
    if (timeoutMs <= 0) throw timeout();
    const controller = new AbortController();
    const attempts =
      options.attempts === undefined || call.bare === true
        ? undefined
        : new Attempts(options.attempts, call, (error) =>
            wrapError(error, options.classifyError, context),
          );
    let stop: (error: SecretError) => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      stop = (error) => {
        reject(error);
        attempts?.stopped(error.code);
        controller.abort(error);
      };
    });
    const onClose = (): void => {
      stop(new ClosedError("The store was closed during the call.", context));
    };
    const onAbort = (): void => stop(new AbortedError("The call was cancelled.", context));
    underWay.add(onClose);
    call.signal?.addEventListener("abort", onAbort, { once: true });
    const cancelDeadline = options.clock.schedule(timeoutMs, () => stop(timeout()));
    try {
      const working =
        attempts === undefined
          ? work(controller.signal)
          : attempts.run(work, controller.signal, options.clock.monotonicMs() + timeoutMs);
      return await Promise.race([working, stopped]);
    } catch (error) {
      throw wrapError(error, options.classifyError, context);
    } finally {
      cancelDeadline();
      call.signal?.removeEventListener("abort", onAbort);
      underWay.delete(onClose);
    }
  };

  return {
    run,
    wrap: (error, { operation, ref }) =>
      wrapError(error, options.classifyError, { provider: options.provider, operation, ref }),
    close() {
      closing.abort();
      for (const stop of underWay) stop();
    },
    closing: closing.signal,
  };
}
