import { isSecretError, type SecretError } from "../errors/secret-error.js";
import type { SecretErrorCode } from "../errors/codes.js";
import type { EventHub } from "../events/event-hub.js";
import { nameHash } from "../events/name-hash.js";
import type { EvictedEvent } from "../events/store-events.js";
import { formatPath, formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import { withoutField } from "../refs/without-field.js";
import type { Clock } from "../runtime/clock.js";
import type { Logger } from "../runtime/logger.js";
import type { Instant } from "../runtime/elapsed.js";
import type { Secret } from "../secret/secret.js";
import { AgeClock } from "./age-clock.js";
import { createCacheLimits } from "./cache-limits.js";
import type { SavedSecret } from "./cache-fallback.js";
import type { CacheEntry, CacheStorage } from "./cache-storage.js";
import { CachedSecret } from "./cached-secret.js";
import { FallbackKeeper } from "./fallback-keeper.js";
import { isOutage, isRevocation } from "./failure-classes.js";
import { Flight } from "./flight.js";
import { createMemoryStorage } from "./memory-storage.js";
import { restoreSaved, toSaved } from "./restore-saved.js";
import { cacheDefaults, type CacheOptions } from "./options.js";

/** Texts remembered for one entry: a secret has few fields, and an attacker may have many spellings. */
const maxTexts = 64;

/** How a flight asks the store. */
export interface FlightRequest {
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
  /** False when a stale value can be served at once instead. */
  readonly retry: boolean;
}

/** What a {@link ReadCache} needs. */
export interface ReadCachePort {
  readonly provider: string;
  readonly clock: Clock;
  readonly events: EventHub;
  /** Reads a whole secret from the store. */
  readonly request: (ref: SecretRef, options: FlightRequest) => Promise<Secret>;
  readonly warn: Logger["warn"];
}

/** Joins the request of a secret, or begins it. */
export interface JoinOptions {
  readonly timeoutMs: number | undefined;
  /** True: what is under way is not new enough. */
  readonly fresh: boolean;
  readonly hasStale: boolean;
}

/** What a reference, as it was written, led to before. */
interface HotEntry {
  readonly text: string;
  readonly cached: CachedSecret;
  readonly part: Secret;
  /** The sample of the clocks in which it was found to be fresh. */
  freshIn: number;
}

/**
 * What the reads of one store know of earlier reads.
 *
 * Guarantees: nothing older than its limits is served; what a store refuses or no longer has is
 * forgotten at once; a read that began before a write never puts the old value back; every secret
 * that is handed out is the caller's own.
 */
export class ReadCache {
  readonly #port: ReadCachePort;
  readonly #storage: CacheStorage;
  readonly #limitsOf: ReturnType<typeof createCacheLimits>;
  readonly #refreshRatio: number;
  readonly staleWaitMs: number;
  readonly #maxBytes: number;
  readonly #ages: AgeClock;
  /** By the text of the reference as it was written, so that a hit parses nothing. */
  readonly #hot = new Map<string, HotEntry>();
  /** The one that was looked up last, which is often the next one too. */
  #lastHot: HotEntry | undefined;
  readonly #flights = new Map<string, Flight>();
  /** Counts what makes answers worthless that are under way. */
  #writes = 0;
  #isClosed = false;
  readonly #keeper: FallbackKeeper | undefined;
  /** Pending while what an earlier run has saved is looked at: every read waits for it. */
  restoring: Promise<void> | undefined;
  /** Paths of which something newer was learnt meanwhile; undefined for all. */
  readonly #learnt = new Set<string | undefined>();

  constructor(options: CacheOptions, port: ReadCachePort) {
    this.#port = port;
    this.#maxBytes = options.maxBytes ?? cacheDefaults.maxBytes;
    this.#storage =
      options.storage ??
      createMemoryStorage({
        maxEntries: options.maxEntries ?? cacheDefaults.maxEntries,
        maxBytes: this.#maxBytes,
      });
    this.#storage.onEvict((entry) => this.#forget(entry as CachedSecret, "full"));
    this.#limitsOf = createCacheLimits(options);
    this.#refreshRatio = options.refreshAheadRatio ?? cacheDefaults.refreshAheadRatio;
    this.staleWaitMs = (options.staleWaitSeconds ?? cacheDefaults.staleWaitSeconds) * 1_000;
    this.#ages = new AgeClock(port.clock);
    if (options.fallback === undefined) return;
    const { provider, clock, warn } = port;
    const snapshot = (): SavedSecret[] =>
      [...this.#storage.entries()].flatMap((entry) => toSaved(entry as CachedSecret));
    this.#keeper = new FallbackKeeper(options.fallback, { provider, clock, warn, snapshot });
    this.restoring = this.#restore(this.#keeper);
  }

  async #restore(keeper: FallbackKeeper): Promise<void> {
    for (const saved of await keeper.load()) {
      const cached = restoreSaved(saved, this.#ages, this.#limitsOf);
      if (cached === undefined) continue;
      const isOld = this.#learnt.has(cached.path) || this.#learnt.has(undefined);
      const isKnown = this.#storage.get(cached.key) !== undefined;
      if (this.#isClosed || isOld || isKnown || cached.bytes > this.#maxBytes) cached.erase();
      else this.#storage.set(cached.key, cached);
    }
    this.restoring = undefined;
    if (this.#learnt.size > 0) keeper.changed(true);
  }

  /** What an earlier run has saved of this path, or of all, is not to be used any more. */
  #supersede(path: string | undefined): void {
    if (this.restoring !== undefined) this.#learnt.add(path);
  }

  /** A fresh value by the text of a reference that was read before. This is the hot path. */
  hitText(text: string): Secret | undefined {
    let found = this.#lastHot;
    if (found === undefined || found.text !== text) {
      found = this.#hot.get(text);
      if (found === undefined) return undefined;
      this.#lastHot = found;
    }
    const sample = this.#ages.current();
    if (found.freshIn !== sample) {
      if (!this.#isFresh(found.cached)) return undefined;
      found.freshIn = sample;
    }
    return found.part.copy();
  }

  /**
   * A fresh value, whole or the field that the reference names; `text` is remembered for next time.
   * @throws NotFoundError when the secret has no such field
   */
  hit(ref: SecretRef, text?: string): Secret | undefined {
    const cached = this.#storage.get(keyOf(ref)) as CachedSecret | undefined;
    if (cached === undefined || !this.#touch(cached)) return undefined;
    const part = cached.part(ref.field);
    if (text !== undefined && cached.texts.length < maxTexts && !this.#hot.has(text)) {
      cached.texts.push(text);
      this.#hot.set(text, { text, cached, part, freshIn: -1 });
    }
    return part.copy();
  }

  /** The last known value, marked as stale, for a store that cannot answer. */
  stale(ref: SecretRef, failure: SecretError): Secret | undefined {
    if (!isOutage(failure.code)) return undefined;
    const cached = this.#servable(ref);
    if (cached === undefined) return undefined;
    const ageMs = this.#ages.since(cached.readAt);
    const part = cached.part(ref.field);
    const { metadata } = part;
    this.#emit("stale-served", cached.path, { ageMs, code: failure.code });
    return metadata === undefined
      ? part.copy()
      : part.withMetadata({ ...metadata, stale: true, ageMs });
  }

  /** How long a read may wait for the store; undefined when there is nothing stale to serve. */
  staleWait(ref: SecretRef): number | undefined {
    if (this.#servable(ref) === undefined) return undefined;
    const flight = this.#flights.get(keyOf(ref));
    const waitedMs = flight === undefined ? 0 : this.#ages.since(flight.startedAt);
    return Math.max(this.staleWaitMs - waitedMs, 0);
  }

  /** The request for this secret that is under way, or a new one. */
  flight(ref: SecretRef, { timeoutMs, fresh, hasStale }: JoinOptions): Flight {
    const key = keyOf(ref);
    const known = this.#flights.get(key);
    const joined = known !== undefined && known.isCurrent && !known.isCancelled && !fresh;
    const path = formatPath(ref.path);
    this.#emit("cache-miss", path, { joined });
    return joined ? known : this.#begin(ref, key, path, { timeoutMs, hasStale });
  }

  /** Marks the begin of a read that goes past the flights, such as one of many. */
  mark(): { readonly readAt: Instant; readonly writes: number } {
    return { readAt: this.#ages.instant(), writes: this.#writes };
  }

  /** Keeps what such a read brought, unless something was written meanwhile. */
  keep(ref: SecretRef, secret: Secret, since: ReturnType<ReadCache["mark"]>): void {
    if (since.writes !== this.#writes) return;
    this.#keep(keyOf(ref), ref, secret, since.readAt);
  }

  /** Learns of a failure: a refusal or an absence takes the value away. */
  failed(ref: SecretRef, error: unknown): void {
    if (!isSecretError(error) || !isRevocation(error.code)) return;
    this.#writes += 1;
    const key = keyOf(ref);
    const path = formatPath(ref.path);
    // What the store says of the name holds for all its versions, and of the identity for all names.
    const all = error.code === "Unauthenticated";
    const name = error.code === "NotFound" || error.code === "PermissionDenied";
    this.#evict(
      (entry) => all || entry.key === key || (name && entry.path === path),
      "refused",
      error.code,
    );
    this.#distrust((flight) => all || flight.path === path);
    this.#supersede(all ? undefined : path);
  }

  /** This store wrote or deleted it. */
  written(path: string): void {
    this.#writes += 1;
    this.#evict((entry) => entry.path === path, "written");
    this.#distrust((flight) => flight.path === path);
    this.#supersede(path);
  }

  /** This store may have written it: the value is only served while the store cannot say. */
  suspect(path: string): void {
    this.#writes += 1;
    for (const entry of this.#storage.entries()) {
      if (entry.path === path) (entry as CachedSecret).isSuspect = true;
    }
    this.#ages.expire();
    this.#distrust((flight) => flight.path === path);
  }

  /** Everything is forgotten when this returns; the promise is for what is still being saved. */
  close(): Promise<void> | undefined {
    const saved = this.restoring === undefined ? this.#keeper?.close() : undefined;
    this.#isClosed = true;
    this.#evict(() => true, "closed");
    this.#distrust(() => true);
    return saved;
  }

  #touch(cached: CachedSecret): boolean {
    this.#ages.current();
    return this.#isFresh(cached);
  }

  /** By the last sample; if so its use is noted, and when it gets old a newer one is asked for. */
  #isFresh(cached: CachedSecret): boolean {
    const ages = this.#ages;
    const ageMs = ages.since(cached.readAt);
    if (ageMs >= cached.ttlMs || cached.isSuspect) return false;
    if (cached.usedMs !== ages.wallMs) {
      cached.usedMs = ages.wallMs;
      this.#storage.get(cached.key);
    }
    if (ageMs >= cached.ttlMs * this.#refreshRatio && !cached.isRefreshing) this.#refresh(cached);
    if (this.#port.events.hasListeners) this.#emit("cache-hit", cached.path, { ageMs });
    return true;
  }

  #servable(ref: SecretRef): CachedSecret | undefined {
    const cached = this.#storage.get(keyOf(ref)) as CachedSecret | undefined;
    if (cached === undefined) return undefined;
    const ageMs = this.#ages.sample().since(cached.readAt);
    if (ageMs < cached.limitMs && cached.limitMs > cached.ttlMs) return cached;
    if (ageMs >= cached.limitMs) this.#drop(cached, "expired");
    return undefined;
  }

  #refresh(cached: CachedSecret): void {
    cached.isRefreshing = true;
    if (this.#refreshRatio >= 1 || this.#flights.has(cached.key)) return;
    this.#begin(cached.ref, cached.key, cached.path, { timeoutMs: undefined, hasStale: true });
  }

  #begin(
    ref: SecretRef,
    key: string,
    path: string,
    options: Pick<JoinOptions, "timeoutMs" | "hasStale">,
  ): Flight {
    const flight = new Flight(path, this.#ages.instant(), options.hasStale, (signal, self) =>
      this.#fly(key, ref, self, { signal, timeoutMs: options.timeoutMs, retry: !options.hasStale }),
    );
    this.#flights.set(key, flight);
    return flight;
  }

  async #fly(key: string, ref: SecretRef, flight: Flight, options: FlightRequest): Promise<Secret> {
    const whole: SecretRef = withoutField(ref);
    try {
      const secret = await this.#port.request(whole, options);
      if (flight.isCurrent) this.#keep(key, whole, secret, flight.startedAt);
      return secret;
    } catch (error) {
      this.failed(whole, error);
      throw error;
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }

  #keep(key: string, ref: SecretRef, secret: Secret, readAt: Instant): void {
    if (this.#isClosed) return;
    const known = this.#storage.get(key) as CachedSecret | undefined;
    // A slow answer is no news when a later question was answered before it.
    if (known !== undefined && known.readAt.monotonicMs > readAt.monotonicMs) return;
    const cached = new CachedSecret(key, ref, secret.copy(), readAt, this.#limitsOf(ref.path));
    if (known !== undefined) this.#drop(known, "replaced");
    if (cached.bytes > this.#maxBytes || this.#ages.sample().since(readAt) >= cached.limitMs) {
      cached.erase();
      return;
    }
    this.#storage.set(key, cached);
    this.#keeper?.changed(false);
  }

  #evict(
    which: (entry: CacheEntry) => boolean,
    cause: EvictedEvent["cause"],
    code?: SecretErrorCode,
  ): void {
    for (const entry of [...this.#storage.entries()].filter(which)) {
      this.#drop(entry as CachedSecret, cause, code);
    }
  }

  #drop(cached: CachedSecret, cause: EvictedEvent["cause"], code?: SecretErrorCode): void {
    this.#storage.delete(cached.key);
    this.#forget(cached, cause, code);
  }

  #forget(cached: CachedSecret, cause: EvictedEvent["cause"], code?: SecretErrorCode): void {
    this.#lastHot = undefined;
    for (const text of cached.texts) this.#hot.delete(text);
    cached.erase();
    if (cause !== "closed") this.#keeper?.changed(cause === "refused" || cause === "written");
    this.#emit("evicted", cached.path, { cause, code });
  }

  #distrust(which: (flight: Flight) => boolean): void {
    for (const [key, flight] of this.#flights) {
      if (!which(flight)) continue;
      flight.isCurrent = false;
      this.#flights.delete(key);
    }
  }

  #emit<Name extends "cache-hit" | "cache-miss" | "stale-served" | "evicted">(
    name: Name,
    path: string,
    more: object,
  ): void {
    const { events, provider } = this.#port;
    if (!events.wants(name)) return;
    const event = { provider, operation: "get", nameHash: nameHash(path), ...more };
    events.emit(name, event as Parameters<typeof events.emit<Name>>[1]);
  }
}

function keyOf(ref: SecretRef): string {
  return ref.field === undefined ? formatRef(ref) : formatRef(withoutField(ref));
}
