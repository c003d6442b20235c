import {
  createStore,
  native,
  PermissionDeniedError,
  UnavailableError,
  unsupported,
  type SecretProvider,
  type SecretStore,
} from "@kinko/core";
import { createCanary, expectClean, FakeClock, flushMicrotasks } from "@kinko/testing";
import { createMemoryProvider } from "@kinko/testing/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { watchSecrets, type WatchEvent, type WatchSecretsOptions } from "../../src/index.js";

const canary = createCanary();

interface Setup {
  readonly clock: FakeClock;
  readonly store: SecretStore;
  /** What the store was asked, by operation. */
  readonly asked: Record<string, number>;
  readonly events: WatchEvent[];
  /** Every call fails with this while it is set. */
  failure: Error | undefined;
  /** Calls that list versions fail with this while it is set. */
  versionsFailure: Error | undefined;
  readonly ended: () => unknown;
  readonly begin: (options: WatchSecretsOptions) => AbortController;
}

/** A store in memory without pushes, unless told, and a watch of it. */
function setUp(options: { readonly push?: boolean; readonly versions?: boolean } = {}): Setup {
  const clock = new FakeClock();
  const memory = createMemoryProvider({}, { clock });
  const asked: Record<string, number> = {};
  const call = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    asked[name] = (asked[name] ?? 0) + 1;
    if (setup.failure !== undefined) throw setup.failure;
    if (name === "versions" && setup.versionsFailure !== undefined) throw setup.versionsFailure;
    return work();
  };
  const { extensions, features } = memory.capabilities;
  const { versions, watch, ...others } = extensions;
  // Bound, since methods of the memory provider use private fields.
  const provider: SecretProvider = {
    get: (...a) => call("get", () => memory.get(...a)),
    put: (...a) => memory.put(...a),
    delete: (...a) => memory.delete(...a),
    list: (...a) => memory.list(...a),
    health: (...a) => memory.health(...a),
    classifyError: (error) => memory.classifyError(error),
    close: () => memory.close(),
    capabilities: {
      ...memory.capabilities,
      features: {
        ...features,
        watch: options.push === true ? native : unsupported("for this test"),
        versions: options.versions === false ? unsupported("for this test") : native,
      },
      extensions: {
        ...others,
        ...(options.push === true && watch !== undefined ? { watch } : {}),
        ...(options.versions === false || versions === undefined
          ? {}
          : {
              versions: {
                ...versions,
                list: (...a: Parameters<typeof versions.list>) =>
                  call("versions", () => versions.list(...a)),
              },
            }),
      },
    },
  };
  const store = createStore("memory", provider, { clock, resilience: false });
  const events: WatchEvent[] = [];
  let ended: unknown = "no";
  const setup: Setup = {
    clock,
    store,
    asked,
    events,
    failure: undefined,
    versionsFailure: undefined,
    ended: () => ended,
    begin(watching) {
      const controller = new AbortController();
      void (async () => {
        const looks = watchSecrets(store, { clock, signal: controller.signal, ...watching });
        for await (const look of looks) events.push(...look);
      })().then(
        () => (ended = "yes"),
        (error: unknown) => (ended = error),
      );
      onTestFinished(() => controller.abort());
      return controller;
    },
  };
  return setup;
}

describe("a watch", () => {
  test("tells what was created, updated and deleted, by versions and without reading a value", async () => {
    const { clock, store, asked, events, begin } = setUp();
    await store.put("app/db", canary.value);
    begin({ refs: ["app/db", "app/key"] });
    await clock.advance(0);
    expect(events).toEqual([]);
    await store.put("app/db", `${canary.value}2`);
    await store.put("app/key", canary.value);
    await clock.advance(30_000);
    await store.delete("app/key");
    await clock.advance(30_000);
    expect(events).toEqual([
      { type: "updated", ref: "app/db", version: "2" },
      { type: "created", ref: "app/key", version: "1" },
      { type: "deleted", ref: "app/key" },
    ]);
    expect(asked["get"]).toBeUndefined();
    expectClean(JSON.stringify(events), canary);
  });

  test("looks at each interval, and not in between", async () => {
    const { clock, asked, begin } = setUp();
    begin({ refs: ["a"], intervalMs: 5_000 });
    await clock.advance(4_999);
    expect(asked["versions"]).toBe(1);
    await clock.advance(20_001);
    expect(asked["versions"]).toBe(6);
  });

  test("of a prefix tells what comes and goes beneath it, and not what is beside it", async () => {
    const { clock, store, events, begin } = setUp();
    await store.put("app/a", "1");
    begin({ prefixes: ["app"] });
    await clock.advance(0);
    await store.put("app/b", "1");
    await store.put("apple/c", "1");
    await store.delete("app/a");
    await clock.advance(30_000);
    expect(events).toEqual([
      { type: "deleted", ref: "app/a" },
      { type: "created", ref: "app/b", version: "1" },
    ]);
  });

  test("of one version tells only what becomes of that one", async () => {
    const { clock, store, events, begin } = setUp();
    await store.put("a", "1");
    begin({ refs: ["a@1"] });
    await clock.advance(0);
    await store.put("a", "2");
    await clock.advance(30_000);
    expect(events).toEqual([]);
    await store.delete("a", { mode: "purge" });
    await clock.advance(30_000);
    expect(events).toEqual([{ type: "deleted", ref: "a@1" }]);
  });

  test("is told at once where the store pushes, also with a change in the very moment of a look", async () => {
    const { clock, store, events, begin } = setUp({ push: true });
    await store.put("a", "1");
    begin({ refs: ["a"], intervalMs: 3_600_000 });
    await clock.advance(0);
    await store.put("a", "2");
    await clock.advance(0);
    await store.put("a", "3");
    await clock.advance(0);
    const versions = events.map((event) => ("version" in event ? event.version : event.type));
    expect(versions.at(-1)).toBe("3");
  });

  test("ends without an error when its signal aborts, and leaves no timer", async () => {
    const { clock, begin, ended } = setUp({ push: true });
    const controller = begin({ refs: ["a"] });
    await clock.advance(0);
    controller.abort();
    await flushMicrotasks();
    expect(ended()).toBe("yes");
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([0, 999, Number.NaN])("refuses %d ms between two looks", async (intervalMs) => {
    const { begin, ended } = setUp();
    begin({ refs: ["a"], intervalMs });
    await flushMicrotasks();
    expect(ended()).toMatchObject({ code: "InvalidValue", reason: "bad-interval" });
  });
});

describe("where versions cannot be seen", () => {
  test.each(["the store has none", "the policy does not show them"])(
    "values are read, and a rewrite of the same one is no change: %s",
    async (why) => {
      const setup = setUp({ versions: why !== "the store has none" });
      const { clock, store, events, asked, begin } = setup;
      await store.put("a", canary.value);
      setup.versionsFailure = new PermissionDeniedError("No.");
      begin({ refs: ["a"] });
      await clock.advance(0);
      await store.put("a", canary.value);
      await clock.advance(30_000);
      expect(events).toEqual([]);
      await store.put("a", "other");
      await clock.advance(30_000);
      expect(events).toMatchObject([{ type: "updated", ref: "a" }]);
      expect(asked["versions"] ?? 0).toBeLessThanOrEqual(1);
    },
  );

  test("versions that come into sight later are no change", async () => {
    const setup = setUp();
    const { clock, store, events, begin } = setup;
    await store.put("a", "1");
    begin({ refs: ["a"] });
    await clock.advance(0);
    setup.versionsFailure = new PermissionDeniedError("No.");
    await clock.advance(60_000);
    expect(events).toEqual([]);
  });
});

describe("an outage", () => {
  test("is told with growing waits, and what changed meanwhile is told after it", async () => {
    const setup = setUp();
    const { clock, store, events, begin } = setup;
    await store.put("a", "1");
    begin({ refs: ["a"] });
    await clock.advance(0);
    await store.put("a", "2");
    setup.failure = new UnavailableError("Down.");
    await clock.advance(30_000 + 1_000 + 2_000 + 4_000);
    const waits = events.map((event) => ("retryInMs" in event ? event.retryInMs : undefined));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
    await clock.advance(3_600_000);
    expect(events.length).toBeLessThan(4 + 3 + 61);
    setup.failure = undefined;
    const before = events.length;
    await clock.advance(60_000);
    expect(events.slice(before)).toEqual([
      { type: "recovered", failures: before },
      { type: "updated", ref: "a", version: "2" },
    ]);
  });

  test("at the very start is waited for", async () => {
    const setup = setUp({ push: true });
    setup.failure = new UnavailableError("Down.");
    setup.begin({ refs: ["a"] });
    await setup.clock.advance(0);
    setup.failure = undefined;
    await setup.clock.advance(1_000);
    expect(setup.events.map(({ type }) => type)).toEqual(["outage", "recovered"]);
  });

  test("is not what a refusal is; unless asked for, and then not at the first look", async () => {
    const refusal = new PermissionDeniedError("No.");
    for (const survivesRefusals of [false, true]) {
      const setup = setUp({ versions: false });
      setup.begin({ refs: ["a"], survivesRefusals });
      await setup.clock.advance(0);
      setup.failure = refusal;
      await setup.clock.advance(30_000);
      if (survivesRefusals) expect(setup.events).toMatchObject([{ code: "PermissionDenied" }]);
      else expect(setup.ended()).toMatchObject({ code: "PermissionDenied" });
      const first = setUp({ versions: false });
      first.failure = refusal;
      first.begin({ refs: ["a"], survivesRefusals });
      await first.clock.advance(0);
      expect(first.ended()).toMatchObject({ code: "PermissionDenied" });
    }
  });
});
