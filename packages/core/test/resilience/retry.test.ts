import { describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault, type MemoryCall } from "@kinko/testing/memory";
import * as fc from "fast-check";
import { createRetryPolicy, createSecretErrorForTest } from "../support/resilience.js";
import { createStore, errorCodes, SecretError } from "../../src/index.js";
import type {
  PortableStoreOptions,
  RetryEvent,
  Secret,
  SecretErrorCode,
  SecretStore,
} from "../../src/index.js";
import { deferred, failureOf, limited } from "../support/limited.js";

interface Subject {
  readonly store: SecretStore;
  readonly clock: FakeClock;
  /** When each attempt reached the driver, and which. */
  readonly attempts: { readonly atMs: number; readonly operation: string }[];
  readonly fail: (error: Error | undefined, times?: number) => void;
}

function subject(options: PortableStoreOptions = {}): Subject {
  const clock = new FakeClock();
  const attempts: { atMs: number; operation: string }[] = [];
  let failures: { error: Error; left: number } | undefined;
  const provider = createMemoryProvider(
    { secrets: { a: "x" } },
    {
      clock,
      beforeCall: ({ operation }: MemoryCall) => {
        attempts.push({ atMs: clock.monotonicMs(), operation });
        if (failures === undefined || failures.left <= 0) return;
        failures.left -= 1;
        throw failures.error;
      },
    },
  );
  const store = createStore("memory", provider, { clock, random: () => 0.5, ...options });
  return {
    store,
    clock,
    attempts,
    fail(error, times = Infinity) {
      failures = error === undefined ? undefined : { error, left: times };
    },
  };
}

const passing = ["Unavailable", "Sealed", "RateLimited", "ReplicationLag", "Timeout"] as const;
const definite: SecretErrorCode[] = errorCodes.filter(
  (code) => !(passing as readonly string[]).includes(code),
);

describe("a read that fails for now", () => {
  test.each(passing)("(%s) is tried four times, at 0, 1, 3 and 7 s", async (code) => {
    const { store, clock, attempts, fail } = subject();
    fail(new MemoryFault(code));
    const failure = failureOf(store.get("a"));
    await clock.advance(60_000);
    expect(await failure).toMatchObject({ code, operation: "get", ref: "a" });
    expect(attempts.map(({ atMs }) => atMs)).toEqual([0, 1_000, 3_000, 7_000]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("succeeds as soon as one attempt does", async () => {
    const { store, clock, attempts, fail } = subject();
    fail(new MemoryFault("Unavailable"), 2);
    const reading = store.get("a");
    await clock.advance(3_000);
    expect((await reading).text()).toBe("x");
    expect(attempts).toHaveLength(3);
  });

  test("waits as long as the server asked for", async () => {
    const { store, clock, attempts, fail } = subject();
    fail(createSecretErrorForTest("RateLimited", { retryAfterMs: 5_000 }), 1);
    const reading = store.get("a");
    await clock.advance(5_000);
    expect((await reading).text()).toBe("x");
    expect(attempts.map(({ atMs }) => atMs)).toEqual([0, 5_000]);
  });

  test("does not begin a wait that would pass the deadline, and fails with what went wrong", async () => {
    const { store, clock, attempts, fail } = subject();
    fail(new MemoryFault("Unavailable"));
    const failure = failureOf(store.get("a", { timeoutMs: 2_500 }));
    await clock.advance(1_000);
    expect(await failure).toMatchObject({ code: "Unavailable" });
    expect(attempts.map(({ atMs }) => atMs)).toEqual([0, 1_000]);
  });

  test("has one deadline over all attempts and waits", async () => {
    const clock = new FakeClock();
    let calls = 0;
    const driver = limited(createMemoryProvider(), {
      methods: {
        get: () => {
          calls += 1;
          if (calls === 1) throw new MemoryFault("Unavailable");
          return new Promise(() => undefined);
        },
      },
    });
    const store = createStore("slow", driver, { clock, random: () => 0.5, timeoutMs: 5_000 });
    const failure = failureOf(store.get("a"));
    await clock.advance(4_999);
    expect(calls).toBe(2);
    await clock.advance(1);
    expect(await failure).toMatchObject({ code: "Timeout" });
  });

  test("stops at once when the caller aborts, also in a wait", async () => {
    const { store, clock, attempts, fail } = subject();
    fail(new MemoryFault("Unavailable"));
    const controller = new AbortController();
    const failure = failureOf(store.get("a", { signal: controller.signal }));
    await clock.advance(500);
    controller.abort();
    expect(await failure).toMatchObject({ code: "Aborted" });
    await clock.advance(60_000);
    expect(attempts).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test("tells each retry, without the name", async () => {
    const canary = createCanary();
    const { store, clock, fail } = subject();
    const events: RetryEvent[] = [];
    store.on("retry", (event) => events.push(event));
    fail(new MemoryFault("Sealed"), 2);
    const reading = failureOf(store.get(`confidential/${canary.value}`));
    await clock.advance(10_000);
    await reading;
    expect(events.map(({ attempt, delayMs, code }) => [attempt, delayMs, code])).toEqual([
      [1, 1_000, "Sealed"],
      [2, 2_000, "Sealed"],
    ]);
    expectClean(events, canary);
  });
});

test.each(definite)("a definite failure (%s) is one attempt", async (code) => {
  const { store, clock, attempts, fail } = subject();
  fail(new MemoryFault(code));
  const failure = failureOf(store.get("a"));
  await clock.advance(60_000);
  expect(await failure).toMatchObject({ code });
  expect(attempts).toHaveLength(1);
});

describe("a write", () => {
  test.each([
    ["RateLimited", undefined],
    ["Sealed", undefined],
    ["Unavailable", "connection-refused"],
    ["Unavailable", "server-unavailable"],
  ] as const)("is repeated when nothing was done (%s %s)", async (code, reason) => {
    const { store, clock, attempts, fail } = subject();
    fail(createSecretErrorForTest(code, { reason }), 1);
    const writing = store.put("a", "y");
    await clock.advance(1_000);
    await writing;
    expect(attempts).toHaveLength(2);
  });

  test.each([
    ["Unavailable", "connection-lost"],
    ["Unavailable", "server-error"],
    ["Unavailable", undefined],
    ["Timeout", undefined],
  ] as const)("is not repeated when it may have been done (%s %s)", async (code, reason) => {
    const { store, clock, attempts, fail } = subject();
    for (const write of [
      () => store.put("a", "y"),
      () => store.put("a", "y", { ifVersion: "1" }),
      () => store.delete("a"),
      () => store.undelete("a"),
    ]) {
      fail(createSecretErrorForTest(code, { reason }));
      const failure = failureOf(write());
      await clock.advance(60_000);
      expect(await failure).toMatchObject({ code });
    }
    expect(attempts).toHaveLength(4);
  });

  test("says of a conflict after a retry that it may be with itself", async () => {
    const { store, clock, fail } = subject();
    fail(createSecretErrorForTest("Unavailable", { reason: "server-unavailable" }), 1);
    const failure = failureOf(store.put("a", "y", { ifVersion: "7" }));
    await clock.advance(1_000);
    expect(await failure).toMatchObject({ code: "Conflict", reason: "after-retry" });
    expect(String(await failure)).toContain("earlier attempt");
  });
});

describe("a listing", () => {
  test("goes on behind the last page after an outage, with every name once", async () => {
    const clock = new FakeClock();
    const secrets = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, name]));
    const memory = createMemoryProvider({ secrets });
    let pulls = 0;
    const driver = limited(memory, {
      methods: {
        async *list(options) {
          for await (const page of memory.list(options)) {
            pulls += 1;
            if (pulls === 2) throw new MemoryFault("Unavailable");
            yield page;
          }
        },
      },
    });
    const store = createStore("memory", driver, { clock, random: () => 0.5 });
    const names: string[] = [];
    const listing = (async () => {
      for await (const { path } of store.list({ pageSize: 2 })) names.push(path.join("/"));
    })();
    await clock.advance(10_000);
    await listing;
    expect(names).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("fails and is never cut short when the driver cannot say where it was", async () => {
    const clock = new FakeClock();
    let lists = 0;
    const driver = limited(createMemoryProvider(), {
      methods: {
        // oxlint-disable-next-line require-yield
        async *list() {
          lists += 1;
          yield { items: [{ path: ["a"], type: "secret" as const }] };
          throw new MemoryFault("Unavailable");
        },
      },
    });
    const store = createStore("memory", driver, { clock });
    const listing = (async () => {
      for await (const item of store.list()) void item;
    })();
    const failure = failureOf(listing);
    await clock.advance(60_000);
    expect(await failure).toMatchObject({ code: "Unavailable" });
    expect(lists).toBe(1);
  });
});

describe("the parts", () => {
  test("can be left out: without retry there is one attempt", async () => {
    for (const resilience of [false, { retry: false }] as const) {
      const { store, attempts, fail } = subject({ resilience });
      fail(new MemoryFault("Unavailable"));
      expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unavailable" });
      expect(attempts).toHaveLength(1);
    }
  });

  test("can be replaced: a policy of one's own decides", async () => {
    const { store, clock, attempts, fail } = subject({
      resilience: { retry: { delayMs: ({ attempt }) => (attempt < 3 ? 10 : undefined) } },
    });
    fail(new MemoryFault("Unavailable"));
    const failure = failureOf(store.get("a"));
    await clock.advance(20);
    await failure;
    expect(attempts.map(({ atMs }) => atMs)).toEqual([0, 10, 20]);
  });

  test("health asks once, whatever is on", async () => {
    const { store, attempts, fail } = subject();
    fail(new MemoryFault("Sealed"));
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Sealed" });
    expect(attempts).toHaveLength(1);
  });
});

describe("any schedule", () => {
  test("stays within its jitter, its count and what the server asked for", () => {
    fc.assert(
      fc.property(
        fc.record({
          maxRetries: fc.integer({ min: 0, max: 10 }),
          firstDelaySeconds: fc.double({ min: 0.001, max: 10, noNaN: true }),
          maxDelaySeconds: fc.double({ min: 0.001, max: 60, noNaN: true }),
          jitterRatio: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.integer({ min: 1, max: 12 }),
        fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.constantFrom(...errorCodes),
        fc.constantFrom("get", "put", "delete", "list"),
        (options, attempt, retryAfterMs, random, code, operation) => {
          const policy = createRetryPolicy(options, () => random);
          const error = new SecretError(code, "x", { retryAfterMs });
          const delayMs = policy.delayMs({ operation, attempt, error });
          if (attempt > options.maxRetries || !(passing as readonly string[]).includes(code)) {
            expect(delayMs).toBeUndefined();
            return;
          }
          if (delayMs === undefined) {
            expect(["put", "delete"]).toContain(operation);
            return;
          }
          const plainMs =
            Math.min(options.firstDelaySeconds * 2 ** (attempt - 1), options.maxDelaySeconds) *
            1_000;
          const share = options.jitterRatio + 1e-9;
          expect(delayMs).toBeGreaterThanOrEqual(
            Math.max(plainMs * (1 - share), retryAfterMs ?? 0),
          );
          expect(delayMs).toBeLessThanOrEqual(Math.max(plainMs * (1 + share), retryAfterMs ?? 0));
        },
      ),
    );
  });
});

test("a late answer of an attempt that was given up changes nothing", async () => {
  const clock = new FakeClock();
  const answer = deferred<{ value: Secret }>();
  const driver = limited(createMemoryProvider(), { methods: { get: () => answer.promise } });
  const store = createStore("slow", driver, { clock, timeoutMs: 100 });
  const failure = failureOf(store.get("a"));
  await clock.advance(100);
  expect(await failure).toMatchObject({ code: "Timeout" });
  answer.reject(new MemoryFault("Unavailable"));
  await clock.advance(60_000);
  expect(clock.pendingTimers).toBe(0);
});
