import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock, findCanary, flushMicrotasks } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import { createStore } from "../../src/index.js";
import type {
  Logger,
  SecretChange,
  SecretErrorCode,
  SecretStore,
  WatchCapability,
} from "../../src/index.js";
import { failureOf, limited } from "../support/limited.js";

const canary = createCanary();

interface Polled {
  readonly store: SecretStore;
  readonly clock: FakeClock;
  readonly logged: string[];
  /** The code that every read fails with, while it is set. */
  fault: SecretErrorCode | undefined;
}

function polled(): Polled {
  const clock = new FakeClock();
  const logged: string[] = [];
  const log = (message: string, fields?: unknown): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const memory = createMemoryProvider(
    {},
    {
      beforeCall: ({ operation }) => {
        if (operation === "get" && state.fault !== undefined) throw new MemoryFault(state.fault);
      },
    },
  );
  const store = createStore("memory", limited(memory, { without: ["watch"] }), { clock, logger });
  const state: Polled = { store, clock, logged, fault: undefined };
  return state;
}

/** Collects what a watch yields, until it ends. */
function collectChanges(changes: AsyncIterable<SecretChange>): {
  readonly seen: string[];
  readonly done: Promise<void>;
} {
  const seen: string[] = [];
  const done = (async () => {
    for await (const { ref, type, version } of changes) seen.push(`${ref} ${type} ${version}`);
  })();
  return { seen, done };
}

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
});

afterEach(async () => {
  await flushMicrotasks();
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
});

describe("watch by looking again", () => {
  test("yields each change once, with the version that is there now", async () => {
    const { store, clock } = polled();
    await store.put("a", "1");
    const { seen } = collectChanges(store.watch(["a", "b"], { intervalMs: 1_000 }));
    await clock.advance(0);
    await store.put("a", "2");
    await store.put("b", "new");
    await clock.advance(1_000);
    expect(seen).toEqual(["a updated 2", "b created 1"]);
    await clock.advance(5_000);
    expect(seen).toHaveLength(2);
    await store.delete("a");
    await clock.advance(1_000);
    await store.undelete("a");
    await clock.advance(1_000);
    expect(seen.slice(2)).toEqual(["a deleted undefined", "a created 2"]);
    await store.close();
  });

  test("looks every 30 seconds when nobody said", async () => {
    const { store, clock } = polled();
    await store.put("a", "1");
    const { seen } = collectChanges(store.watch("a"));
    await clock.advance(0);
    await store.put("a", "2");
    await clock.advance(29_999);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(seen).toEqual(["a updated 2"]);
    await store.close();
  });

  test("takes a rewrite of the same value for no change, and a change of kind for one", async () => {
    const { store, clock } = polled();
    await store.put("a", "{}");
    const { seen } = collectChanges(store.watch("a", { intervalMs: 10 }));
    await clock.advance(0);
    await store.put("a", "{}");
    await clock.advance(10);
    expect(seen).toEqual([]);
    await store.put("a", {});
    await clock.advance(10);
    expect(seen).toEqual(["a updated 3"]);
    await store.close();
  });

  test("sees a field change, and not its neighbours", async () => {
    const { store, clock } = polled();
    await store.put("a", { user: "app", password: "1" });
    const { seen } = collectChanges(store.watch("a#password", { intervalMs: 10 }));
    await clock.advance(0);
    await store.patch("a", { user: "other" });
    await clock.advance(10);
    expect(seen).toEqual([]);
    await store.patch("a", { password: "2" });
    await clock.advance(10);
    await store.patch("a", { password: null });
    await clock.advance(10);
    expect(seen).toEqual(["a#password updated 3", "a#password deleted undefined"]);
    await store.close();
  });

  test.each(["Unavailable", "Sealed", "RateLimited", "Timeout"] as const)(
    "goes on through an outage (%s) and reports what changed meanwhile",
    async (code) => {
      const watched = polled();
      const { store, clock, logged } = watched;
      await store.put("a", canary.value);
      const { seen } = collectChanges(store.watch("a", { intervalMs: 10 }));
      await clock.advance(0);
      watched.fault = code;
      await clock.advance(30);
      expect(seen).toEqual([]);
      expect(logged).toHaveLength(3);
      expectClean(logged.join("\n"), canary);
      await store.put("a", "2");
      watched.fault = undefined;
      await clock.advance(10);
      expect(seen).toEqual(["a updated 2"]);
      await store.close();
    },
  );

  test.each(["PermissionDenied", "Unauthenticated", "Disabled"] as const)(
    "ends with a refusal (%s)",
    async (code) => {
      const watched = polled();
      await watched.store.put("a", "1");
      const { done } = collectChanges(watched.store.watch("a", { intervalMs: 10 }));
      const failure = failureOf(done);
      await watched.clock.advance(0);
      watched.fault = code;
      await watched.clock.advance(10);
      expect(await failure).toMatchObject({ code, provider: "memory" });
      expect(watched.clock.pendingTimers).toBe(0);
    },
  );

  test("ends without an error, at once and without a timer, when its signal aborts", async () => {
    const { store, clock } = polled();
    const controller = new AbortController();
    const { done } = collectChanges(store.watch("a", { signal: controller.signal }));
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);
    controller.abort();
    await done;
    expect(clock.pendingTimers).toBe(0);
    await collectChanges(store.watch("a", { signal: controller.signal })).done;
  });

  test("ends without an error, at once and without a timer, when the store is closed", async () => {
    const { store, clock } = polled();
    const { done } = collectChanges(store.watch("a"));
    await clock.advance(0);
    await store.close();
    await done;
    expect(clock.pendingTimers).toBe(0);
    await collectChanges(store.watch("a")).done;
  });

  test("can be left while it waits", async () => {
    const { store, clock } = polled();
    const iterator = store.watch("a")[Symbol.asyncIterator]();
    const next = iterator.next();
    await clock.advance(0);
    await iterator.return?.();
    expect((await next).done).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test("keeps no value between looks", async () => {
    const { store, clock } = polled();
    await store.put("a", canary.value);
    const changes = store.watch("a");
    const iterator = changes[Symbol.asyncIterator]();
    const next = iterator.next();
    await clock.advance(0);
    expect(findCanary({ changes, iterator, next }, canary)).toEqual([]);
    await store.close();
    await next;
  });
});

describe("watch by push", () => {
  const pushing = (watch: WatchCapability["watch"]): SecretStore =>
    createStore("memory", limited(createMemoryProvider(), { extensions: { watch: { watch } } }));

  test("passes on what the provider pushes", async () => {
    const store = createStore("memory", createMemoryProvider());
    await store.put("a", { x: "1", y: "1" });
    const { seen, done } = collectChanges(store.watch(["a#x", "b"]));
    await flushMicrotasks();
    await store.patch("a", { y: "2" });
    await store.patch("a", { x: "2" });
    await store.patch("a", { x: "2" });
    await store.put("b", "new");
    await store.delete("b", { mode: "purge" });
    await flushMicrotasks();
    expect(seen).toEqual(["a#x updated undefined", "b created undefined", "b deleted undefined"]);
    await store.close();
    await done;
  });

  test("wraps what the provider throws", async () => {
    const store = pushing(async function* ([ref]) {
      yield { ref: ref as NonNullable<typeof ref>, type: "updated" };
      throw new Error(canary.value);
    });
    const { seen, done } = collectChanges(store.watch("a"));
    const error = await failureOf(done);
    expect(error).toMatchObject({ code: "Internal", provider: "memory", operation: "watch" });
    expectClean(error, canary);
    expect(seen).toEqual(["a updated undefined"]);
  });

  test("ends without an error when it is cancelled, whatever the provider throws then", async () => {
    const store = pushing(async function* (_refs, { signal }) {
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("stopped")));
      });
      yield* [];
    });
    const controller = new AbortController();
    const { done } = collectChanges(store.watch("a", { signal: controller.signal }));
    await flushMicrotasks();
    controller.abort();
    await done;
    const closed = collectChanges(store.watch("a"));
    await flushMicrotasks();
    await store.close();
    await closed.done;
  });
});
