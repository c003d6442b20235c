import { withCallEvents, type CallEvents } from "../events/call-events.js";
import type { EventHub } from "../events/event-hub.js";
import type { CallOptions, SecretProvider } from "../provider.js";
import type { SecretRef } from "../refs/ref.js";
import { readCached, type ReadResult } from "../resilience/cached-read.js";
import type { CacheOptions } from "../resilience/options.js";
import { ReadCache } from "../resilience/read-cache.js";
import type { Logger } from "../runtime/logger.js";
import type { Secret } from "../secret/secret.js";
import type { BudgetedOptions } from "./budget.js";
import type { Call, CallRunner } from "./call.js";
import type { Checks } from "./checks.js";
import type { ReadPace } from "./read-rate.js";
import type { GetOptions, StoreCallOptions } from "./secret-store.js";
import { toSecret } from "./to-secret.js";

/** Options of a request inside of a call. */
export type InnerOptions = StoreCallOptions & Partial<BudgetedOptions> & Pick<Call, "mayRetry">;

/** What {@link Reads} need. */
export interface ReadsPort {
  readonly driver: Pick<SecretProvider, "get">;
  readonly calls: CallRunner;
  readonly checks: Checks;
  readonly callEvents: CallEvents;
  readonly timeoutMs: number;
  readonly cache: CacheOptions | false | undefined;
  readonly logger: Logger;
}

/** For {@link Call.mayRetry}. */
export const never = (): boolean => false;

/** How one store reads single secrets: from the cache, where it has one, or from its driver. */
export class Reads {
  readonly cache: ReadCache | undefined;
  readonly #port: ReadsPort;
  readonly #events: EventHub;

  constructor(port: ReadsPort) {
    this.#port = port;
    const { calls, cache } = port;
    const { provider, clock, hub: events } = port.callEvents;
    this.#events = events;
    if (cache === undefined || cache === false) return;
    this.cache = new ReadCache(cache, {
      provider,
      clock,
      events,
      warn: (message, details) => port.logger.warn(message, details),
      request: (ref, { signal, timeoutMs, retry }) =>
        calls.run(
          {
            operation: "get",
            ref,
            signal,
            timeoutMs,
            mayRetry: retry ? undefined : never,
          },
          (inner) => this.#ask(ref, inner),
        ),
    });
  }

  /** A hit of the cache by the text of a reference, while nobody listens. */
  hit(text: string): Secret | undefined {
    return this.#events.hasListeners ? undefined : this.cache?.hitText(text);
  }

  /** Reads through the cache. */
  async get(
    ref: SecretRef,
    text: string | undefined,
    options: GetOptions & InnerOptions,
  ): Promise<Secret> {
    const { cache } = this;
    // The runner says best what is wrong with a call that is over before it begins.
    if (cache === undefined || options.signal?.aborted === true) return this.direct(ref, options);
    this.#check("get", ref);
    if (cache.restoring !== undefined) await cache.restoring;
    const { calls } = this.#port;
    const timeoutMs = options.timeoutMs ?? this.#port.timeoutMs;
    const { signal, totalMs = timeoutMs, fresh, allowStale } = options;
    const read = async (): Promise<ReadResult> => {
      try {
        return await readCached(
          cache,
          ref,
          { text, timeoutMs, fresh, allowStale },
          (waitMs, work) =>
            calls.run(
              { operation: "get", ref, signal, timeoutMs: waitMs, totalMs, bare: true },
              work,
            ),
        );
      } catch (error) {
        throw calls.wrap(error, { operation: "get", ref });
      }
    };
    return (await withCallEvents(this.#port.callEvents, "get", ref, read, ({ source }) => source))
      .secret;
  }

  /** Reads from the driver, whatever the cache has. */
  async direct(
    ref: SecretRef,
    options: InnerOptions,
    operation = "get",
    pace?: ReadPace,
  ): Promise<Secret> {
    this.#check(operation, ref);
    const { calls } = this.#port;
    const call = { ...options, operation, ref };
    const read = (): Promise<Secret> =>
      pace === undefined
        ? calls.run(call, (inner) => this.#ask(ref, inner))
        : calls.run(call, async (inner) => {
            await pace.enter(inner);
            return this.#ask(ref, inner);
          });
    return withCallEvents(this.#port.callEvents, operation, ref, read);
  }

  /** Reads one of many: what is cached does not wait for its turn. */
  async oneOfMany(
    ref: SecretRef,
    options: GetOptions & InnerOptions,
    pace: ReadPace,
  ): Promise<Secret> {
    if (this.cache === undefined) return this.direct(ref, options, "get", pace);
    if (this.cache.restoring !== undefined) await this.cache.restoring;
    const known = options.fresh === true ? undefined : this.cache.hit(ref);
    if (known !== undefined) return known;
    const { signal, timeoutMs, totalMs } = options;
    // Who has no time left makes no request, and so needs no turn.
    if (timeoutMs !== undefined && timeoutMs <= 0) return this.get(ref, undefined, options);
    await this.#port.calls.run(
      { operation: "get", ref, signal, timeoutMs, totalMs, bare: true },
      (inner) => pace.enter(inner),
    );
    return this.get(ref, undefined, options);
  }

  async #ask(ref: SecretRef, call: CallOptions): Promise<Secret> {
    const { driver, callEvents } = this.#port;
    return toSecret(callEvents.provider, ref, await driver.get(ref, call));
  }

  #check(operation: string, ref: SecretRef): void {
    if (ref.version?.kind !== "id" && ref.version?.kind !== "stage") return;
    this.#port.checks.require("versions", operation, ref);
  }
}
