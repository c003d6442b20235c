import type { Attributes, Counter, Histogram, Meter, ObservableGauge } from "@opentelemetry/api";
import type { BreakerState, StoreEventMap } from "../events/store-events.js";
import { attributes, boundedOperation, boundedStore, metrics, type MetricName } from "./names.js";

type Named<Kind extends string> = {
  [Name in MetricName]: (typeof metrics)[Name]["kind"] extends Kind ? Name : never;
}[MetricName];

const breakerStates: Readonly<Record<BreakerState, number>> = {
  closed: 0,
  "half-open": 1,
  open: 2,
};

/** The instruments of one meter, made as `names.ts` describes them. */
export class Instruments {
  readonly #meter: Meter;
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  add(name: Named<"counter">, labels: Attributes): void {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = this.#meter.createCounter(name, descriptionOf(name));
      this.#counters.set(name, counter);
    }
    counter.add(1, labels);
  }

  record(name: Named<"histogram">, value: number, labels: Attributes): void {
    let histogram = this.#histograms.get(name);
    if (histogram === undefined) {
      histogram = this.#meter.createHistogram(name, {
        ...descriptionOf(name),
        advice: { explicitBucketBoundaries: [...durationBucketsSeconds] },
      });
      this.#histograms.set(name, histogram);
    }
    histogram.record(value, labels);
  }

  /** Asks for a figure whenever metrics are collected; returns what ends that. */
  observe(
    name: Named<"gauge">,
    read: () => readonly (readonly [number, Attributes])[],
  ): () => void {
    const gauge: ObservableGauge = this.#meter.createObservableGauge(name, descriptionOf(name));
    const callback: Parameters<ObservableGauge["addCallback"]>[0] = (result) => {
      for (const [value, labels] of read()) result.observe(value, labels);
    };
    gauge.addCallback(callback);
    return () => gauge.removeCallback(callback);
  }
}

/** From a read of the cache to the longest usual deadline. */
const durationBucketsSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function descriptionOf(name: MetricName): { description: string; unit: string } {
  const { description, unit } = metrics[name];
  return { description, unit };
}

/** Turns the events of stores into counters. */
export class StoreMetrics {
  readonly #instruments: Instruments;
  readonly #breakers = new Map<string, BreakerState>();
  readonly #stopObserving: () => void;

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
    this.#stopObserving = instruments.observe("kinko.breaker.state", () =>
      [...this.#breakers].map(([store, state]) => [
        breakerStates[state],
        { [attributes.store]: store },
      ]),
    );
  }

  /** A store whose breaker has not moved is closed. */
  add(provider: string): void {
    const store = boundedStore(provider);
    if (!this.#breakers.has(store)) this.#breakers.set(store, "closed");
  }

  call({ provider, operation, outcome, durationMs }: StoreEventMap["call-end"]): void {
    const labels = labelsOf(provider, operation, outcome);
    this.#instruments.add("kinko.calls", labels);
    this.#instruments.record("kinko.call.duration", durationMs / 1000, labels);
  }

  attempt({ provider, operation, outcome }: StoreEventMap["attempt-end"]): void {
    this.#instruments.add("kinko.attempts", labelsOf(provider, operation, outcome));
  }

  retry({ provider, operation, code }: StoreEventMap["retry"]): void {
    this.#instruments.add("kinko.retries", {
      [attributes.store]: boundedStore(provider),
      [attributes.operation]: boundedOperation(operation),
      [attributes.code]: code,
    });
  }

  breaker({ provider, to }: StoreEventMap["breaker"]): void {
    this.#breakers.set(boundedStore(provider), to);
  }

  cacheRead(provider: string, result: "hit" | "miss" | "joined" | "stale"): void {
    this.#instruments.add("kinko.cache.reads", {
      [attributes.store]: boundedStore(provider),
      [attributes.result]: result,
    });
  }

  evicted({ provider, cause }: StoreEventMap["evicted"]): void {
    this.#instruments.add("kinko.cache.evictions", {
      [attributes.store]: boundedStore(provider),
      [attributes.cause]: cause,
    });
  }

  failover({ provider, to, code }: StoreEventMap["failover"]): void {
    this.#instruments.add("kinko.failovers", {
      [attributes.store]: boundedStore(provider),
      [attributes.to]: boundedStore(to),
      [attributes.code]: code,
    });
  }

  close(): void {
    this.#stopObserving();
  }
}

function labelsOf(provider: string, operation: string, outcome: string): Attributes {
  return {
    [attributes.store]: boundedStore(provider),
    [attributes.operation]: boundedOperation(operation),
    [attributes.outcome]: outcome,
  };
}
