import { context, trace } from "@opentelemetry/api";
import { createCanary, expectClean } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import { describe, expect, it } from "vitest";
import { EventHub } from "../../src/events/event-hub.js";
import { createStore, silentLogger, type SecretStore } from "../../src/index.js";
import { enableContexts, startCollector } from "./collector.js";

const about = { provider: "vault", operation: "get", nameHash: "0123456789abcdef" } as const;

/** The events of a store, fired by hand. */
function handStore(): { readonly store: SecretStore; readonly hub: EventHub } {
  const hub = new EventHub(silentLogger);
  const store = { provider: "vault", on: hub.on.bind(hub) } as unknown as SecretStore;
  return { store, hub };
}

describe("spans", () => {
  it("one for each call, with store, operation, outcome, source and hashed name", async () => {
    const { telemetry, spans } = await startCollector();
    const store = createStore("memory", createMemoryProvider({ secrets: { "app/db": "x" } }));
    telemetry.watch(store);
    await store.get("app/db");
    await store.get("app/missing").catch(() => undefined);
    const [found, missing] = spans.getFinishedSpans();
    expect(found).toMatchObject({
      name: "kinko.get",
      attributes: {
        "kinko.store": "memory",
        "kinko.operation": "get",
        "kinko.outcome": "ok",
        "kinko.source": "store",
        "kinko.name_hash": expect.stringMatching(/^[0-9a-f]{16}$/u) as string,
      },
      status: { code: 0 },
    });
    expect(missing).toMatchObject({
      attributes: { "kinko.outcome": "NotFound" },
      status: { code: 2, message: "NotFound" },
    });
    expect(missing?.attributes["kinko.name_hash"]).not.toBe(found?.attributes["kinko.name_hash"]);
  });

  it("are children of the span that is active where the call is made", async () => {
    enableContexts();
    const { telemetry, tracerProvider, spans } = await startCollector();
    const store = createStore("memory", createMemoryProvider({ secrets: { a: "x" } }));
    telemetry.watch(store);
    const parent = tracerProvider.getTracer("application").startSpan("request");
    await context.with(trace.setSpan(context.active(), parent), () => store.get("a"));
    expect(spans.getFinishedSpans()[0]?.parentSpanContext?.spanId).toBe(
      parent.spanContext().spanId,
    );
  });

  it("count attempts, and tell of retries, staleness and failover", async () => {
    const { telemetry, spans } = await startCollector();
    const { store, hub } = handStore();
    telemetry.watch(store);
    hub.emit("call-start", { ...about, callId: 1 });
    hub.emit("attempt-start", { ...about, attemptId: 2, attempt: 1 });
    hub.emit("retry", {
      ...about,
      attempt: 1,
      delayMs: 1_000,
      code: "Sealed",
      reason: undefined,
    });
    hub.emit("attempt-start", { ...about, attemptId: 3, attempt: 2 });
    hub.emit("attempt-start", { ...about, nameHash: "other", attemptId: 4, attempt: 1 });
    hub.emit("failover", { ...about, to: "aws", code: "Unavailable" });
    hub.emit("stale-served", { ...about, ageMs: 5_000, code: "Sealed" });
    hub.emit("call-end", {
      ...about,
      callId: 1,
      durationMs: 7,
      outcome: "ok",
      source: "stale",
    });
    const [span] = spans.getFinishedSpans();
    expect(span?.attributes).toMatchObject({
      "kinko.attempts": 2,
      "kinko.source": "stale",
      "kinko.stale_age_ms": 5_000,
    });
    expect(span?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["kinko.retry", { "kinko.attempt": 1, "kinko.delay_ms": 1_000, "kinko.code": "Sealed" }],
      ["kinko.failover", { "kinko.failover.to": "aws", "kinko.code": "Unavailable" }],
    ]);
  });

  it("all calls that wait for one attempt count it", async () => {
    const { telemetry, spans } = await startCollector();
    const { store, hub } = handStore();
    telemetry.watch(store);
    for (const callId of [1, 2]) hub.emit("call-start", { ...about, callId });
    hub.emit("attempt-start", { ...about, attemptId: 3, attempt: 1 });
    for (const callId of [1, 2]) {
      hub.emit("call-end", { ...about, callId, durationMs: 1, outcome: "ok", source: "store" });
    }
    expect(spans.getFinishedSpans().map(({ attributes }) => attributes["kinko.attempts"])).toEqual([
      1, 1,
    ]);
  });

  it("are ended when telemetry is closed, and there are none after", async () => {
    const { telemetry, spans } = await startCollector();
    const { store, hub } = handStore();
    telemetry.watch(store);
    hub.emit("call-start", { ...about, callId: 1 });
    telemetry.close();
    telemetry.close();
    expect(spans.getFinishedSpans()).toHaveLength(1);
    expect(hub.wants("call-start")).toBe(false);
  });
});

describe("metrics", () => {
  it("count calls by outcome, and measure them in seconds", async () => {
    const { telemetry, points } = await startCollector();
    const store = createStore("memory", createMemoryProvider({ secrets: { a: "x" } }));
    telemetry.watch(store);
    await store.get("a");
    await store.get("a");
    await store.get("b").catch(() => undefined);
    const measured = await points();
    const labels = { "kinko.store": "memory", "kinko.operation": "get" };
    for (const name of ["kinko.calls", "kinko.call.duration"]) {
      expect(measured).toContainEqual({
        name,
        value: 2,
        labels: { ...labels, "kinko.outcome": "ok" },
      });
      expect(measured).toContainEqual({
        name,
        value: 1,
        labels: { ...labels, "kinko.outcome": "NotFound" },
      });
    }
  });

  it("show retries, the breaker, the cache and failover", async () => {
    const { telemetry, points } = await startCollector();
    const { store, hub } = handStore();
    telemetry.watch(store);
    const labels = { "kinko.store": "vault" };
    expect(await points()).toContainEqual({ name: "kinko.breaker.state", value: 0, labels });
    hub.emit("attempt-end", { ...about, attemptId: 1, attempt: 1, durationMs: 1, outcome: "ok" });
    hub.emit("retry", { ...about, attempt: 1, delayMs: 1, code: "Timeout", reason: undefined });
    hub.emit("breaker", { provider: "vault", from: "closed", to: "open" });
    hub.emit("cache-hit", { ...about, ageMs: 1 });
    hub.emit("cache-miss", { ...about, joined: false });
    hub.emit("cache-miss", { ...about, joined: true });
    hub.emit("stale-served", { ...about, ageMs: 1, code: "Timeout" });
    hub.emit("evicted", { ...about, cause: "full", code: undefined });
    hub.emit("failover", { ...about, to: "aws", code: "Timeout" });
    const get = { ...labels, "kinko.operation": "get" };
    const measured = await points();
    expect(measured).toEqual(
      expect.arrayContaining([
        { name: "kinko.attempts", value: 1, labels: { ...get, "kinko.outcome": "ok" } },
        { name: "kinko.retries", value: 1, labels: { ...get, "kinko.code": "Timeout" } },
        { name: "kinko.breaker.state", value: 2, labels },
        ...["hit", "miss", "joined", "stale"].map((result) => ({
          name: "kinko.cache.reads",
          value: 1,
          labels: { ...labels, "kinko.cache.result": result },
        })),
        {
          name: "kinko.cache.evictions",
          value: 1,
          labels: { ...labels, "kinko.cache.cause": "full" },
        },
        {
          name: "kinko.failovers",
          value: 1,
          labels: { ...labels, "kinko.failover.to": "aws", "kinko.code": "Timeout" },
        },
      ]),
    );
    hub.emit("breaker", { provider: "vault", from: "open", to: "half-open" });
    expect(await points()).toContainEqual({ name: "kinko.breaker.state", value: 1, labels });
  });

  it("count leases that are held, and what happened to them", async () => {
    const { telemetry, points } = await startCollector();
    const expiresAt = new Date(0);
    const lease = { path: "database/creds/app", leaseId: "a", generation: 1 };
    telemetry.onLeaseEvent({ ...lease, type: "issued", expiresAt });
    telemetry.onLeaseEvent({ ...lease, leaseId: "b", type: "issued", expiresAt });
    telemetry.onLeaseEvent({ ...lease, type: "renewed", expiresAt });
    telemetry.onLeaseEvent({ ...lease, type: "revoked" });
    const measured = await points();
    expect(measured).toContainEqual({ name: "kinko.leases", value: 1, labels: {} });
    expect(measured).toContainEqual({
      name: "kinko.lease.events",
      value: 2,
      labels: { "kinko.lease.event": "issued" },
    });
  });

  it("keep their labels to a few values, whatever secrets and capabilities are called", async () => {
    const { telemetry, points, spans } = await startCollector();
    const { store, hub } = handStore();
    telemetry.watch(store);
    for (let index = 0; index < 200; index += 1) {
      hub.emit("call-start", { ...about, nameHash: `hash ${index}`, callId: index });
      hub.emit("call-end", {
        ...about,
        nameHash: `hash ${index}`,
        operation: `made-up-${index}`,
        callId: index,
        durationMs: 1,
        outcome: "ok",
        source: "store",
      });
    }
    const calls = (await points()).filter(({ name }) => name === "kinko.calls");
    expect(calls).toEqual([
      {
        name: "kinko.calls",
        value: 200,
        labels: { "kinko.store": "vault", "kinko.operation": "other", "kinko.outcome": "ok" },
      },
    ]);
    expect(spans.getFinishedSpans()).toHaveLength(200);
  });
});

describe("secrets", () => {
  it("are in no span and no metric, nor are their names", async () => {
    const { telemetry, exported } = await startCollector();
    const [value, name] = [createCanary(), createCanary()];
    let down = false;
    const provider = createMemoryProvider(
      { secrets: { [`app/${name.value}`]: { password: value.value } } },
      {
        beforeCall: () => {
          if (down) throw new MemoryFault("PermissionDenied");
        },
      },
    );
    const store = createStore("memory", provider);
    telemetry.watch(store);
    await store.get(`app/${name.value}#password`);
    await store.put(`app/${name.value}`, value.value);
    await store.getMany([`app/${name.value}`]);
    down = true;
    await store.get(`app/${name.value}`).catch(() => undefined);
    await store.delete(`app/${name.value}`).catch(() => undefined);
    const all = await exported();
    expectClean(all, value);
    expectClean(all, name);
  });
});

describe("startTelemetry", () => {
  it("uses what the application has registered, and nothing where it has registered nothing", async () => {
    const { startTelemetry } = await import("../../src/telemetry/index.js");
    const telemetry = await startTelemetry();
    const store = createStore("memory", createMemoryProvider({ secrets: { a: "x" } }));
    telemetry.watch(store);
    expect((await store.get("a")).text()).toBe("x");
    telemetry.close();
  });
});
