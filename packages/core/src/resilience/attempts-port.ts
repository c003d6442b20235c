import type { EventHub } from "../events/event-hub.js";
import type { Clock } from "../runtime/clock.js";
import type { AttemptsPort } from "./attempts.js";
import { createBreaker, type BreakerOptions, type CircuitBreaker } from "./breaker.js";
import type { ResilienceOptions } from "./options.js";
import { createRetryPolicy, type RetryOptions, type RetryPolicy } from "./retry-policy.js";

interface Context {
  readonly provider: string;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly random?: (() => number) | undefined;
}

/** Retry and breaker of one store; undefined when neither is wanted. */
export function createAttemptsPort(
  options: ResilienceOptions | false | undefined,
  { provider, clock, events, random }: Context,
): AttemptsPort | undefined {
  if (options === false) return undefined;
  const { retry, breaker } = options ?? {};
  if (retry === false && breaker === false) return undefined;
  return {
    provider,
    clock,
    events,
    retry:
      retry === false ? undefined : isRetryPolicy(retry) ? retry : createRetryPolicy(retry, random),
    breaker:
      breaker === false ? undefined : isBreaker(breaker) ? breaker : createBreaker(clock, breaker),
  };
}

function isRetryPolicy(part: RetryOptions | RetryPolicy | undefined): part is RetryPolicy {
  return part !== undefined && "delayMs" in part;
}

function isBreaker(part: BreakerOptions | CircuitBreaker | undefined): part is CircuitBreaker {
  return part !== undefined && "enter" in part;
}
