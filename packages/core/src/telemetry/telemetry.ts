import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { LeaseListener } from "../leases/lease-event.js";
import type { SecretStore } from "../store/secret-store.js";
import { CallSpans } from "./call-spans.js";
import { LeaseMetrics } from "./lease-metrics.js";
import { loadTelemetryApi } from "./load-api.js";
import { scopeName } from "./names.js";
import { Instruments, StoreMetrics } from "./store-metrics.js";

/** Where spans and metrics go. */
export interface TelemetryOptions {
  /** Default: the one that the application has registered with OpenTelemetry's API. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Default: the one that the application has registered with OpenTelemetry's API. */
  readonly meterProvider?: MeterProvider | undefined;
}

/** Spans and metrics of stores and leases. */
export interface Telemetry {
  /** Tells of every call of this store from now on; returns what ends that. */
  watch(store: SecretStore): () => void;
  /** For `onEvent` of a lease manager. */
  readonly onLeaseEvent: LeaseListener;
  /** Ends everything; spans under way are ended. Idempotent. */
  close(): void;
}

/**
 * Starts telemetry. It costs nothing unless it is called: `@opentelemetry/api` is loaded here, and
 * stores build no events while nobody listens.
 *
 * No span, label or status holds a value, a token, a message, or the name of a secret: names are
 * hashed, and only in spans.
 *
 * @throws ConfigError when `@opentelemetry/api` is not installed
 *
 * @example
 * const telemetry = await startTelemetry();
 * telemetry.watch(store);
 * const leases = createLeaseManager({ dynamic, onEvent: telemetry.onLeaseEvent });
 */
export async function startTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  const { trace, metrics } = await loadTelemetryApi();
  const tracer = (options.tracerProvider ?? trace).getTracer(scopeName);
  const meter = (options.meterProvider ?? metrics).getMeter(scopeName);
  const instruments = new Instruments(meter);
  const spans = new CallSpans(tracer);
  const stores = new StoreMetrics(instruments);
  const leases = new LeaseMetrics(instruments);
  const removals = new Set<() => void>();

  return {
    watch(store) {
      stores.add(store.provider);
      const listeners = [
        store.on("call-start", (event) => spans.start(event)),
        store.on("call-end", (event) => {
          spans.end(event);
          stores.call(event);
        }),
        store.on("attempt-start", (event) => spans.attempt(event)),
        store.on("attempt-end", (event) => stores.attempt(event)),
        store.on("retry", (event) => {
          spans.retry(event);
          stores.retry(event);
        }),
        store.on("breaker", (event) => stores.breaker(event)),
        store.on("cache-hit", ({ provider }) => stores.cacheRead(provider, "hit")),
        store.on("cache-miss", ({ provider, joined }) =>
          stores.cacheRead(provider, joined ? "joined" : "miss"),
        ),
        store.on("stale-served", (event) => {
          spans.stale(event);
          stores.cacheRead(event.provider, "stale");
        }),
        store.on("evicted", (event) => stores.evicted(event)),
        store.on("failover", (event) => {
          spans.failover(event);
          stores.failover(event);
        }),
      ];
      const remove = (): void => {
        for (const removeListener of listeners) removeListener();
        removals.delete(remove);
      };
      removals.add(remove);
      return remove;
    },
    onLeaseEvent: (event) => leases.record(event),
    close() {
      for (const remove of removals) remove();
      spans.close();
      stores.close();
      leases.close();
    },
  };
}
