/** Everything that telemetry calls by a name. docs/telemetry.md is held to these by a test. */

/** Name of the tracer and of the meter. */
export const scopeName = "@kinko/core";

/** Spans are called `kinko.` and the operation, such as `kinko.get`. */
export const spanPrefix = "kinko.";

/** Attributes of spans, and labels of metrics where a metric names them. */
export const attributes = {
  store: "kinko.store",
  operation: "kinko.operation",
  outcome: "kinko.outcome",
  attempts: "kinko.attempts",
  source: "kinko.source",
  staleAgeMs: "kinko.stale_age_ms",
  nameHash: "kinko.name_hash",
  attempt: "kinko.attempt",
  delayMs: "kinko.delay_ms",
  code: "kinko.code",
  result: "kinko.cache.result",
  cause: "kinko.cache.cause",
  to: "kinko.failover.to",
  event: "kinko.lease.event",
} as const;

/** Names of the events on a span. */
export const spanEvents = { retry: "kinko.retry", failover: "kinko.failover" } as const;

/** A metric as it is documented. */
export interface MetricDescription {
  readonly kind: "counter" | "histogram" | "gauge";
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly (keyof typeof attributes)[];
}

/** Every metric. Labels have few values, whatever the names of the secrets. */
export const metrics = {
  "kinko.calls": {
    kind: "counter",
    unit: "{call}",
    description: "Calls of the application.",
    labels: ["store", "operation", "outcome"],
  },
  "kinko.call.duration": {
    kind: "histogram",
    unit: "s",
    description: "How long calls took, waits between attempts included.",
    labels: ["store", "operation", "outcome"],
  },
  "kinko.attempts": {
    kind: "counter",
    unit: "{attempt}",
    description: "Attempts that went to the backend.",
    labels: ["store", "operation", "outcome"],
  },
  "kinko.retries": {
    kind: "counter",
    unit: "{retry}",
    description: "Attempts that failed and were followed by another one.",
    labels: ["store", "operation", "code"],
  },
  "kinko.breaker.state": {
    kind: "gauge",
    unit: "1",
    description: "0 closed, 1 half-open, 2 open.",
    labels: ["store"],
  },
  "kinko.cache.reads": {
    kind: "counter",
    unit: "{read}",
    description: "Reads that met the cache: hit, miss, joined (waits for a miss), stale.",
    labels: ["store", "result"],
  },
  "kinko.cache.evictions": {
    kind: "counter",
    unit: "{entry}",
    description: "Values that left the cache.",
    labels: ["store", "cause"],
  },
  "kinko.failovers": {
    kind: "counter",
    unit: "{failover}",
    description: "Calls that went on to another store.",
    labels: ["store", "to", "code"],
  },
  "kinko.leases": {
    kind: "gauge",
    unit: "{lease}",
    description: "Leases that are held.",
    labels: [],
  },
  "kinko.lease.events": {
    kind: "counter",
    unit: "{event}",
    description: "What happened to leases.",
    labels: ["event"],
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;

/** Name of a metric. */
export type MetricName = keyof typeof metrics;

/** Operations of a store; capabilities have names of their own, as many as somebody makes. */
const operations: ReadonlySet<string> = new Set([
  "get",
  "put",
  "patch",
  "delete",
  "undelete",
  "versions",
  "list",
  "watch",
  "validate",
  "health",
  "open",
  "close",
]);

/** The operation as a label and part of a span's name: `other` for what is not the store's own. */
export function boundedOperation(operation: string): string {
  return operations.has(operation) ? operation : "other";
}

const maxStoreNameLength = 64;

/** The name of a store comes from a config; a label is short and has no control characters. */
export function boundedStore(name: string): string {
  return name.replaceAll(/[^\w.:-]/gu, "_").slice(0, maxStoreNameLength);
}
