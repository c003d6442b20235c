import { AbortedError, ClosedError, TimeoutError } from "../errors/classes.js";
import type { SecretError } from "../errors/secret-error.js";
import { wrapError, type ErrorClassification, type ErrorContext } from "../errors/wrap.js";
import type { CallOptions } from "../provider.js";
import { refText } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import { Attempts, type AttemptsPort } from "../resilience/attempts.js";
import type { Clock } from "../runtime/clock.js";
import { RunningCall } from "./running-call.js";

/** What runs one call of a driver. */
export interface CallRunner {
  /**
   * Runs `work` under one deadline and signal, and turns whatever it throws into one SecretError.
   * The caller is released at once when the signal aborts or time is up, also when the driver
   * does not react.
   */
  run<Result>(call: Call, work: (options: CallOptions) => Promise<Result>): Promise<Result>;
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
  /** Its text is made only for an error. */
  readonly ref?: SecretRef | string | undefined;
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
  // Calls and not signals: a listener on each call's own signal would cost more than the rest.
  const underWay = new Map<RunningCall, Call>();
  const closing = new AbortController();
  const contextOf = (call: Pick<Call, "operation" | "ref">): ErrorContext => ({
    provider: options.provider,
    operation: call.operation,
    ref: refText(call.ref),
  });

  const run = <Result>(
    call: Call,
    work: (options: CallOptions) => Promise<Result>,
  ): Promise<Result> => {
    const refused = refusal(call);
    if (refused !== undefined) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      const timeoutMs = call.timeoutMs ?? options.timeoutMs;
      const attempts =
        options.attempts === undefined || call.bare === true
          ? undefined
          : new Attempts(options.attempts, call, (error) => wrap(error, call));
      const running = new RunningCall((error) => {
        end();
        reject(error);
        attempts?.stopped(error.code);
      });
      underWay.set(running, call);
      const { signal } = call;
      const onAbort = (): void => running.stop(aborted(call));
      signal?.addEventListener("abort", onAbort, { once: true });
      const cancelDeadline = options.clock.schedule(timeoutMs, () => running.stop(timeout(call)));
      const end = (): void => {
        cancelDeadline();
        signal?.removeEventListener("abort", onAbort);
        underWay.delete(running);
      };
      const working =
        attempts === undefined
          ? startedBy(work, running)
          : attempts.run(work, running, options.clock.monotonicMs() + timeoutMs);
      working.then(
        (result) => {
          end();
          resolve(result);
        },
        (error: unknown) => {
          end();
          reject(wrap(error, call));
        },
      );
    });
  };

  const wrap: CallRunner["wrap"] = (error, call) =>
    wrapError(error, options.classifyError, contextOf(call));

  const refusal = (call: Call): SecretError | undefined => {
    if (closing.signal.aborted) {
      const details = { ...contextOf(call), advice: "Open a new one." };
      return new ClosedError("The store was closed.", details);
    }
    if (call.signal?.aborted === true) return aborted(call);
    // Nothing is left of the total time: a request that is cut off at once would be a waste.
    return (call.timeoutMs ?? options.timeoutMs) <= 0 ? timeout(call) : undefined;
  };

  const aborted = (call: Call): SecretError =>
    new AbortedError("The call was cancelled.", contextOf(call));

  const timeout = (call: Call): SecretError => {
    const allowedMs = call.totalMs ?? call.timeoutMs ?? options.timeoutMs;
    return new TimeoutError(`The store did not answer within ${allowedMs} ms.`, {
      ...contextOf(call),
      advice: "Check that it is reachable, or allow more time with timeoutMs.",
    });
  };

  return {
    run,
    wrap,
    close() {
      closing.abort();
      for (const [running, call] of underWay) {
        running.stop(new ClosedError("The store was closed during the call.", contextOf(call)));
      }
    },
    closing: closing.signal,
  };
}

/** Also a driver that throws at once fails the call, and not its caller. */
function startedBy<Result>(
  work: (options: CallOptions) => Promise<Result>,
  running: RunningCall,
): Promise<Result> {
  try {
    return work(running);
  } catch (error) {
    const failure = error as Error;
    return Promise.reject(failure);
  }
}
