import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock, flushMicrotasks } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import { createStore, Secret } from "../../src/index.js";
import type { ProviderSecret, SecretStore } from "../../src/index.js";
import { deferred, failureOf, limited } from "../support/limited.js";

const canary = createCanary();
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
});

afterEach(async () => {
  await flushMicrotasks();
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
});

/** A store whose driver never answers, unless the test says so. */
function hangingStore(timeoutMs?: number): {
  readonly store: SecretStore;
  readonly clock: FakeClock;
  readonly answer: ReturnType<typeof deferred<ProviderSecret>>;
  readonly signals: AbortSignal[];
} {
  const clock = new FakeClock();
  const answer = deferred<ProviderSecret>();
  const signals: AbortSignal[] = [];
  const driver = limited(createMemoryProvider(), {
    methods: {
      get: (_ref, { signal }) => {
        signals.push(signal);
        return answer.promise;
      },
    },
  });
  return { store: createStore("slow", driver, { clock, timeoutMs }), clock, answer, signals };
}

describe("the deadline of a call", () => {
  test("ends a call whose driver never answers, and tells the driver", async () => {
    const { store, clock, signals } = hangingStore(1_000);
    const failure = failureOf(store.get("a"));
    await clock.advance(999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(await failure).toMatchObject({
      code: "Timeout",
      provider: "slow",
      operation: "get",
      ref: "a",
      retryable: true,
    });
    expect(String(await failure)).toContain("1000 ms");
    expect(signals[0]?.aborted).toBe(true);
  });

  test("is the call's own when it has one, and 10 seconds when nobody said", async () => {
    const { store, clock } = hangingStore();
    const short = failureOf(store.get("a", { timeoutMs: 5 }));
    await clock.advance(5);
    expect(await short).toMatchObject({ code: "Timeout" });
    const long = failureOf(store.get("a"));
    await clock.advance(9_999);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1);
    expect(await long).toMatchObject({ code: "Timeout" });
  });

  test("leaves no timer behind when the driver answers in time", async () => {
    const { store, clock, answer } = hangingStore();
    const reading = store.get("a");
    answer.resolve({ value: Secret.text("x") });
    expect((await reading).text()).toBe("x");
    expect(clock.pendingTimers).toBe(0);
  });

  test("is over at once when no time is left, without a request", async () => {
    const { store, signals } = hangingStore();
    expect(await failureOf(store.get("a", { timeoutMs: 0 }))).toMatchObject({ code: "Timeout" });
    expect(signals).toEqual([]);
  });

  test("ignores what the driver says or does too late", async () => {
    const { store, clock, answer } = hangingStore(10);
    const failure = failureOf(store.get("a"));
    await clock.advance(10);
    expect(await failure).toMatchObject({ code: "Timeout" });
    answer.reject(new Error(canary.value));
    await flushMicrotasks();
  });
});

describe("cancelling a call", () => {
  test("releases the caller at once, also from a driver that does not react", async () => {
    const { store, clock, signals } = hangingStore();
    const controller = new AbortController();
    const failure = failureOf(store.get("a", { signal: controller.signal }));
    await flushMicrotasks();
    controller.abort(new Error(canary.value));
    const error = await failure;
    expect(error).toMatchObject({ code: "Aborted", provider: "slow", operation: "get", ref: "a" });
    expectClean(error, canary);
    expect(signals[0]?.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test("does not reach the driver when it was cancelled before", async () => {
    const { store, signals } = hangingStore();
    const failure = await failureOf(store.get("a", { signal: AbortSignal.abort() }));
    expect(failure).toMatchObject({ code: "Aborted" });
    expect(signals).toEqual([]);
  });

  test("is lost on a call that has ended", async () => {
    const { store, answer, signals } = hangingStore();
    const controller = new AbortController();
    answer.resolve({ value: Secret.text("x") });
    await store.get("a", { signal: controller.signal });
    controller.abort();
    expect(signals[0]?.aborted).toBe(false);
  });
});

describe("closing a store", () => {
  test("ends calls under way, and refuses later ones", async () => {
    const { store, signals, clock } = hangingStore();
    const failures = [failureOf(store.get("a")), failureOf(store.get("b"))];
    await flushMicrotasks();
    await store.close();
    for (const failure of failures)
      expect(await failure).toMatchObject({ code: "Closed", operation: "get" });
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Closed" });
    expect(await failureOf(store.health())).toMatchObject({ code: "Closed" });
    expect(await failureOf(store.getMany(["a"]))).toMatchObject({ code: "Closed" });
    expect(await failureOf(store.patch("a", { b: 1 }))).toMatchObject({ code: "Closed" });
    expect(signals).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  test("closes its driver once", async () => {
    let closed = 0;
    const memory = createMemoryProvider();
    const driver = limited(memory, {
      methods: {
        close: () => {
          closed += 1;
          return memory.close();
        },
      },
    });
    const store = createStore("memory", driver);
    await Promise.all([store.close(), store.close()]);
    await store[Symbol.asyncDispose]();
    expect(closed).toBe(1);
  });

  test("tells of a driver that fails to close, without quoting it", async () => {
    for (const close of [
      () => Promise.reject(new Error(canary.value)),
      (): never => {
        throw new Error(canary.value);
      },
    ]) {
      const store = createStore("memory", limited(createMemoryProvider(), { methods: { close } }));
      const error = await failureOf(store.close());
      expect(error).toMatchObject({ code: "Internal", provider: "memory", operation: "close" });
      expectClean(error, canary);
    }
  });
});

describe("errors of a driver", () => {
  test.each([
    ["a rejection", () => Promise.reject(new Error(canary.value))],
    [
      "an exception before any promise",
      (): never => {
        throw new Error(canary.value);
      },
    ],
    [
      "a rejection with something that is no error",
      // oxlint-disable-next-line prefer-promise-reject-errors
      () => Promise.reject({ token: canary.value }),
    ],
  ])("are wrapped once and quoted never: %s", async (_name, get) => {
    const store = createStore("memory", limited(createMemoryProvider(), { methods: { get } }));
    const error = await failureOf(store.get("a#b@1"));
    expect(error).toMatchObject({
      code: "Internal",
      provider: "memory",
      operation: "get",
      ref: "a#b@1",
    });
    expectClean(error, canary);
  });

  test("are classified by the driver", async () => {
    const provider = createMemoryProvider(
      {},
      {
        beforeCall: () => {
          throw new MemoryFault("Sealed");
        },
      },
    );
    const store = createStore("memory", provider, { resilience: false });
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Sealed", retryable: true });
    expect(await failureOf(store.tryGet("a"))).toMatchObject({ code: "Sealed" });
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Sealed" });
  });

  test("a refused reference names store and call, and is refused before the driver is asked", async () => {
    const provider = createMemoryProvider(
      {},
      {
        beforeCall: () => {
          throw new Error("asked");
        },
      },
    );
    const store = createStore("memory", provider);
    const calls: [string, Promise<unknown>][] = [
      ["get", store.get("../a")],
      ["get", store.tryGet("a@")],
      ["get", store.getMany(["a", "/"])],
      ["put", store.put("a//b", "x")],
      ["put", store.put("a@3", "x")],
      ["patch", store.patch("a#b", { c: 1 })],
      ["delete", store.delete("a#b")],
      ["undelete", store.undelete("a#b")],
      ["versions", store.versions("a#b")],
      ["validate", store.validate([{ ref: ".." }])],
    ];
    for (const [operation, call] of calls) {
      expect(await failureOf(call)).toMatchObject({
        code: "InvalidRef",
        provider: "memory",
        operation,
      });
    }
    expect(() => store.list({ prefix: ".." })).toThrow(
      expect.objectContaining({ code: "InvalidRef", operation: "list" }) as Error,
    );
    expect(() => store.watch("..")).toThrow(
      expect.objectContaining({ code: "InvalidRef", operation: "watch" }) as Error,
    );
  });
});

describe("values", () => {
  test("that a store cannot keep are refused with the store's name", async () => {
    const store = createStore("memory", createMemoryProvider());
    const error = await failureOf(store.put("a", { big: 2 ** 60 }));
    expect(error).toMatchObject({
      code: "InvalidValue",
      provider: "memory",
      operation: "put",
      ref: "a",
    });
  });

  test("that are too large are refused before the driver is asked", async () => {
    const provider = createMemoryProvider(
      { maxValueBytes: 4 },
      {
        beforeCall: () => {
          throw new Error("asked");
        },
      },
    );
    const error = await failureOf(createStore("memory", provider).put("a", "ééé"));
    expect(error).toMatchObject({ code: "TooLarge", operation: "put" });
    expect(String(error)).toContain("6 bytes");
  });

  test("stay the caller's own when the caller passes a Secret", async () => {
    const store = createStore("memory", createMemoryProvider());
    const secret = Secret.text("mine");
    await store.put("a", secret);
    await store.put("b#field", secret);
    expect(secret.text()).toBe("mine");
    expect((await store.get("b#field")).text()).toBe("mine");
  });

  test("that the store made itself are erased after the write", async () => {
    const seen: Secret[] = [];
    const memory = createMemoryProvider();
    const driver = limited(memory, {
      methods: {
        put: (ref, value, options) => {
          seen.push(value);
          return memory.put(ref, value, options);
        },
      },
    });
    const store = createStore("memory", driver);
    await store.put("a", "text");
    expect(await failureOf(Promise.resolve().then(() => seen[0]?.text()))).toMatchObject({
      code: "Closed",
    });
    expect((await store.get("a")).text()).toBe("text");
  });

  test("carry what the store knows about them", async () => {
    const clock = new FakeClock();
    const store = createStore("mine", createMemoryProvider({}, { clock }), { clock });
    await store.put("app/a%23b", { user: "x" }, { tags: { owner: "me" } });
    const expected = {
      path: "app/a%23b",
      provider: "mine",
      version: "1",
      createdAt: new Date(clock.now()),
      tags: { owner: "me" },
    };
    expect((await store.get("app/a%23b")).metadata).toEqual(expected);
    expect((await store.get("app/a%23b#user")).metadata).toEqual(expected);
  });
});
