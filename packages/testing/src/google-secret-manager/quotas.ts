import type { Clock } from "@kinko/core";
import { ServiceFault } from "./failure.js";
import { secretManagerLimits } from "./limits.js";
import type { MethodName } from "./service.js";

const windowMs = 60_000;

type Quota = "access" | "read" | "write";

/** Which quota each method counts against. */
function quotaOf(method: MethodName): Quota {
  if (method === "accessSecretVersion") return "access";
  return /^(?:list|get|test)/u.test(method) ? "read" : "write";
}

const perMinute: Readonly<Record<Quota, number>> = {
  access: secretManagerLimits.accessesPerMinute,
  read: secretManagerLimits.readsPerMinute,
  write: secretManagerLimits.writesPerMinute,
};

/** The documented quotas of a project, each by a window of one minute that begins with a request. */
export class QuotaLimiter {
  readonly #clock: Clock;
  readonly #windows = new Map<Quota, { startMs: number; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws ServiceFault RESOURCE_EXHAUSTED, with the time until the next window */
  admit(method: MethodName): void {
    const quota = quotaOf(method);
    const nowMs = this.#clock.now();
    let window = this.#windows.get(quota);
    if (window === undefined || nowMs - window.startMs >= windowMs) {
      window = { startMs: nowMs, count: 0 };
      this.#windows.set(quota, window);
    }
    window.count += 1;
    if (window.count <= perMinute[quota]) return;
    throw new ServiceFault(
      "RESOURCE_EXHAUSTED",
      `Quota exceeded for ${quota} requests per minute.`,
      {
        reason: "RATE_LIMIT_EXCEEDED",
        retryDelaySeconds: Math.ceil((window.startMs + windowMs - nowMs) / 1_000),
      },
    );
  }
}
