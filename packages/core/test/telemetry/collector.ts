import { AsyncLocalStorage } from "node:async_hooks";
import { context, ROOT_CONTEXT, type Context, type ContextManager } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { onTestFinished } from "vitest";
import { startTelemetry, type Telemetry } from "../../src/telemetry/index.js";

/** One point of a metric: its value (the count, of a histogram) and its labels. */
export interface Point {
  readonly name: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** OpenTelemetry's own SDK, with everything kept in memory. */
export interface Collector {
  readonly telemetry: Telemetry;
  readonly tracerProvider: BasicTracerProvider;
  readonly spans: InMemorySpanExporter;
  /** Everything that was measured so far. */
  readonly points: () => Promise<Point[]>;
  /** What an exporter was given, for canaries. */
  readonly exported: () => Promise<unknown>;
}

/** Telemetry into memory; ended after the test. */
export async function startCollector(): Promise<Collector> {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 31 - 1 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const telemetry = await startTelemetry({ tracerProvider, meterProvider });
  onTestFinished(async () => {
    telemetry.close();
    await meterProvider.shutdown();
    await tracerProvider.shutdown();
  });
  const collect = async (): Promise<ReturnType<InMemoryMetricExporter["getMetrics"]>> => {
    exporter.reset();
    await reader.forceFlush();
    return exporter.getMetrics();
  };
  return {
    telemetry,
    tracerProvider,
    spans,
    async points() {
      return (await collect()).flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) =>
          metrics.flatMap(({ descriptor, dataPoints }) =>
            dataPoints.map(({ value, attributes }) => ({
              name: descriptor.name,
              value: typeof value === "number" ? value : value.count,
              labels: attributes,
            })),
          ),
        ),
      );
    },
    exported: async () => ({
      spans: spans
        .getFinishedSpans()
        .map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
      metrics: await collect(),
    }),
  };
}

/** Lets spans find their parent across `await`, as an application's SDK does; undone after the test. */
export function enableContexts(): void {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, thisArg, ...args) =>
      storage.run(active, () => work.apply(thisArg as never, args)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  onTestFinished(() => context.disable());
}
