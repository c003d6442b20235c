import { ConfigError } from "../errors/classes.js";
import { isSecretError, type SecretError } from "../errors/secret-error.js";
import { EventHub } from "../events/event-hub.js";
import { nameHashOfRef } from "../events/name-hash.js";
import type { StoreEventListener, StoreEventName } from "../events/store-events.js";
import { isOutage } from "../resilience/failure-classes.js";
import { systemClock, type Clock } from "../runtime/clock.js";
import { silentLogger, type Logger } from "../runtime/logger.js";
import type { RefInput } from "../refs/ref.js";
import type { Secret } from "../secret/secret.js";
import { createBudget } from "./budget.js";
import { DivertedWrites } from "./diverted-writes.js";
import { defaultTimeoutMs } from "./portable-store-options.js";
import type { GetOptions, SecretStore } from "./secret-store.js";

/** Options of {@link createFailoverStore}. */
export interface FailoverOptions {
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** Total time of a read over all stores, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * True: a `put` without `ifVersion` goes on to the next store as well, where the first one has
   * certainly not carried it out: it refused the connection, is sealed, or its breaker is open. This
   * process then reads that secret there until the first store takes a write of it; others, and
   * later runs, read the first store's older value again, so write it anew after the outage.
   * Default false.
   */
  readonly writes?: boolean | undefined;
}

/**
 * A store whose reads go on to others when the first one cannot answer: on Unavailable, Sealed,
 * Timeout, CircuitOpen, RateLimited and ReplicationLag, and never on a refusal or an absence. The
 * secret's metadata tells who answered. When nobody can, the first store's last known value is
 * served, as its cache allows. Everything but `get`, `tryGet` and `getMany` is the first store's
 * alone, unless `writes` is set: a write to another one splits the data.
 *
 * All stores share the time of a call: each gets an equal part of what the earlier ones left.
 * Closing it closes all of them.
 *
 * @throws ConfigError when a store is there twice.
 * @example
 * const store = createFailoverStore(vault, [aws]);
 */
export function createFailoverStore(
  primary: SecretStore,
  others: readonly SecretStore[],
  options: FailoverOptions = {},
): SecretStore {
  const stores = [primary, ...others];
  if (new Set(stores).size !== stores.length) {
    throw new ConfigError("A store is to take over from itself.", {
      operation: "open",
      reason: "bad-failover",
      advice: "Name each store once.",
    });
  }
  if (others.length === 0) return primary;
  const { clock = systemClock, logger = silentLogger } = options;
  const events = new EventHub(logger);

  /** Asks one store after the other; only an outage leads on to the next one. */
  const read = async <Result>(
    ref: string | undefined,
    given: GetOptions,
    ask: (store: SecretStore, options: GetOptions, isLast: boolean) => Promise<Result>,
  ): Promise<Result> => {
    const budget = createBudget(given, clock, options.timeoutMs ?? defaultTimeoutMs);
    const isLast = given.allowStale === false || given.fresh === true;
    let first: unknown;
    for (const [index, store] of stores.entries()) {
      const next = stores[index + 1];
      const shareMs = (budget().timeoutMs ?? 0) / (stores.length - index);
      try {
        const more = { ...given, allowStale: false, timeoutMs: Math.ceil(shareMs) };
        return await ask(store, more, isLast && next === undefined);
      } catch (error) {
        if (!isSecretError(error) || !isOutage(error.code)) throw error;
        first ??= error;
        if (next !== undefined) emitFailover(store, next, ref, error);
      }
    }
    if (isLast) throw first;
    try {
      // Without any time no request is made: only what the cache still has can be the answer.
      return await ask(primary, { ...given, timeoutMs: 0 }, true);
    } catch (error) {
      throw isSecretError(error) && isOutage(error.code) ? first : error;
    }
  };

  const emitFailover = (
    from: SecretStore,
    to: SecretStore,
    ref: string | undefined,
    { code }: SecretError,
    operation = "get",
  ): void => {
    if (!events.wants("failover")) return;
    events.emit("failover", {
      provider: from.provider,
      to: to.provider,
      operation,
      nameHash: nameHashOfRef(ref),
      code,
    });
  };

  const manyOf: SecretStore["getMany"] = (refs, given = {}) => {
    const { onError } = given;
    if (typeof onError !== "function") {
      return read(undefined, given, (each, more) => each.getMany(refs, { ...given, ...more }));
    }
    return read(undefined, given, async (each, more, isLast) => {
      const failed = new Map<string, SecretError>();
      const collect = (ref: string, error: SecretError): void => void failed.set(ref, error);
      const found = await each.getMany(refs, { ...given, ...more, onError: collect });
      // An outage is not the failure of one name: the whole request goes on to the next store.
      const outage = [...failed.values()].find(({ code }) => isOutage(code));
      if (outage !== undefined && !isLast) {
        for (const secret of found.values()) secret.dispose();
        throw outage;
      }
      for (const [ref, error] of failed) onError(ref, error);
      return found;
    });
  };

  const diverted =
    options.writes === true
      ? new DivertedWrites({
          stores: [primary, ...others],
          clock,
          timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
          onDivert: (from, to, ref, error) => emitFailover(from, to, textOf(ref), error, "put"),
        })
      : undefined;
  const placeOf = (ref: RefInput): SecretStore | undefined => diverted?.placeOf(ref);

  /** Each part where its newest values are. */
  const manyFromPlaces: SecretStore["getMany"] = async (refs, given) => {
    if (diverted === undefined || diverted.isEmpty) return manyOf(refs, given);
    const parts = new Map<SecretStore | undefined, RefInput[]>();
    for (const ref of refs) {
      const place = placeOf(ref);
      parts.set(place, [...(parts.get(place) ?? []), ref]);
    }
    const found = new Map<string, Secret>();
    try {
      for (const [place, part] of parts) {
        const read = await (place === undefined ? manyOf(part, given) : place.getMany(part, given));
        for (const [name, secret] of read) found.set(name, secret);
      }
      return found;
    } catch (error) {
      for (const secret of found.values()) secret.dispose();
      throw error;
    }
  };

  const store: SecretStore = {
    get provider() {
      return primary.provider;
    },
    get capabilities() {
      return primary.capabilities;
    },
    get: (ref, given = {}) =>
      placeOf(ref)?.get(ref, given) ??
      read(textOf(ref), given, (each, more) => each.get(ref, more)),
    tryGet: (ref, given = {}) =>
      placeOf(ref)?.tryGet(ref, given) ??
      read(textOf(ref), given, (each, more) => each.tryGet(ref, more)),
    getMany: manyFromPlaces,
    put: (ref, value, given) => (diverted ?? primary).put(ref, value, given),
    patch: (ref, fields, given) => (placeOf(ref) ?? primary).patch(ref, fields, given),
    delete: (ref, given) => (diverted ?? primary).delete(ref, given),
    undelete: (ref, given) => primary.undelete(ref, given),
    versions: (ref, given) => (placeOf(ref) ?? primary).versions(ref, given),
    list: (given) => primary.list(given),
    watch: (refs, given) => primary.watch(refs, given),
    validate: (requirements, given) => primary.validate(requirements, given),
    health: (given) => primary.health(given),
    as: (name) => primary.as(name),
    on<Name extends StoreEventName>(name: Name, listener: StoreEventListener<Name>): () => void {
      const removals = [
        events.on(name, listener),
        ...stores.map((each) => each.on(name, listener)),
      ];
      return () => {
        for (const remove of removals) remove();
      };
    },
    close: async () => {
      await Promise.all(stores.map((each) => each.close()));
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
  return store;
}

function textOf(ref: Parameters<SecretStore["get"]>[0]): string | undefined {
  if (typeof ref === "string") return ref;
  return typeof ref.path === "string" ? ref.path : ref.path.join("/");
}
