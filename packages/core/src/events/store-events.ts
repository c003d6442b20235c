import type { SecretErrorCode } from "../errors/codes.js";
import type { Operation } from "../errors/secret-error.js";

/**
 * What every event tells. No event holds a value, a token, or a name as it was written: names may
 * be confidential, and make labels of metrics without bound.
 */
export interface StoreEvent {
  /** Name of the store, as in errors. */
  readonly provider: string;
  readonly operation: Operation;
  /**
   * The secret that it is about: the first 16 hex digits of the SHA-256 of its path, without field
   * and version. Undefined for what is not about one secret.
   */
  readonly nameHash: string | undefined;
}

/** A call of the application begins. */
export interface CallStartEvent extends StoreEvent {
  /** The same in the `call-end` of this call; unique within the process. */
  readonly callId: number;
}

/** The call is over; there is one for each `call-start`. */
export interface CallEndEvent extends StoreEvent {
  readonly callId: number;
  readonly durationMs: number;
  /** `ok`, or the code of the error that the application got. */
  readonly outcome: "ok" | SecretErrorCode;
  /** Where the answer came from; undefined for a failure. */
  readonly source: "store" | "cache" | "stale" | undefined;
}

/** An attempt begins: what really goes to the driver. A call served from the cache has none. */
export interface AttemptStartEvent extends StoreEvent {
  /** The same in the `attempt-end`; unique within the process. */
  readonly attemptId: number;
  /** 1 for the first one. */
  readonly attempt: number;
}

/** An attempt is over. */
export interface AttemptEndEvent extends StoreEvent {
  readonly attemptId: number;
  readonly attempt: number;
  readonly durationMs: number;
  readonly outcome: "ok" | SecretErrorCode;
}

/** An attempt failed and another one follows after `delayMs`. */
export interface RetryEvent extends StoreEvent {
  /** The attempt that failed, 1 for the first. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly code: SecretErrorCode;
  readonly reason: string | undefined;
}

/** States of a circuit breaker. */
export type BreakerState = "closed" | "open" | "half-open";

/** The breaker of a store changed its state. */
export interface BreakerEvent {
  readonly provider: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
}

/** A read was answered from the cache, within its time to live. */
export interface CacheHitEvent extends StoreEvent {
  readonly ageMs: number;
}

/** A read was not in the cache, or too old. */
export interface CacheMissEvent extends StoreEvent {
  /** True when it waits for a request that is under way already. */
  readonly joined: boolean;
}

/** The store could not answer, so the last known value was served. */
export interface StaleServedEvent extends StoreEvent {
  readonly ageMs: number;
  /** Why the store could not answer. */
  readonly code: SecretErrorCode;
}

/** A value left the cache, and the cache erased its hold on it. */
export interface EvictedEvent extends StoreEvent {
  /**
   * - `written`: this store wrote or deleted it.
   * - `refused`: the store said that it is gone or not allowed, with `code`.
   * - `replaced`: a newer value took its place.
   * - `expired`: it became older than may be served.
   * - `full`: the cache needed the room.
   * - `closed`: the store was closed.
   */
  readonly cause: "written" | "refused" | "replaced" | "expired" | "full" | "closed";
  readonly code: SecretErrorCode | undefined;
}

/** A read went on to another store. */
export interface FailoverEvent extends StoreEvent {
  /** The store that is asked next; `provider` is the one that failed. */
  readonly to: string;
  readonly code: SecretErrorCode;
}

/** All events of a store by name. */
export interface StoreEventMap {
  readonly "call-start": CallStartEvent;
  readonly "call-end": CallEndEvent;
  readonly "attempt-start": AttemptStartEvent;
  readonly "attempt-end": AttemptEndEvent;
  readonly retry: RetryEvent;
  readonly breaker: BreakerEvent;
  readonly "cache-hit": CacheHitEvent;
  readonly "cache-miss": CacheMissEvent;
  readonly "stale-served": StaleServedEvent;
  readonly evicted: EvictedEvent;
  readonly failover: FailoverEvent;
}

/** Name of an event. */
export type StoreEventName = keyof StoreEventMap;

/** What `store.on` takes. It runs inside of the call, so it MUST be quick; what it throws is logged. */
export type StoreEventListener<Name extends StoreEventName> = (event: StoreEventMap[Name]) => void;
