import { describe, expect, test } from "vitest";
import { FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import * as fc from "fast-check";
import { createBreaker, createStore, isSecretError } from "../../src/index.js";
import type { BreakerEvent, BreakerPermit, BreakerState, SecretStore } from "../../src/index.js";
import { failureOf } from "../support/limited.js";

function subject(): {
  readonly store: SecretStore;
  readonly clock: FakeClock;
  readonly requests: () => number;
  readonly events: BreakerEvent[];
  readonly fail: (code: MemoryFault["code"] | "hang" | undefined) => void;
} {
  const clock = new FakeClock();
  let requests = 0;
  let failing: MemoryFault["code"] | "hang" | undefined;
  const provider = createMemoryProvider(
    { secrets: { a: "x" } },
    {
      clock,
      beforeCall: ({ signal }) => {
        requests += 1;
        if (failing === "hang") {
          return new Promise<void>((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(new MemoryFault("Aborted"))),
          );
        }
        if (failing !== undefined) throw new MemoryFault(failing);
        return undefined;
      },
    },
  );
  const store = createStore("memory", provider, { clock, resilience: { retry: false } });
  const events: BreakerEvent[] = [];
  store.on("breaker", (event) => events.push(event));
  return {
    store,
    clock,
    requests: () => requests,
    events,
    fail: (code) => {
      failing = code;
    },
  };
}

async function open({ store, fail }: ReturnType<typeof subject>): Promise<void> {
  fail("Unavailable");
  for (let count = 0; count < 5; count += 1) await failureOf(store.get("a"));
}

describe("a breaker", () => {
  test("opens after five failed attempts in a row, and then asks nothing of the store", async () => {
    const breaker = subject();
    await open(breaker);
    expect(breaker.requests()).toBe(5);
    const failure = await failureOf(breaker.store.get("a"));
    expect(failure).toMatchObject({
      code: "CircuitOpen",
      provider: "memory",
      operation: "get",
      ref: "a",
      retryAfterMs: 30_000,
      retryable: true,
    });
    expect(await failureOf(breaker.store.put("a", "y"))).toMatchObject({ code: "CircuitOpen" });
    expect(breaker.requests()).toBe(5);
    expect(breaker.events).toEqual([{ provider: "memory", from: "closed", to: "open" }]);
  });

  test.each([
    "NotFound",
    "PermissionDenied",
    "Unauthenticated",
    "RateLimited",
    "Conflict",
  ] as const)("never opens for what a working server says (%s)", async (code) => {
    const { store, fail, requests } = subject();
    fail(code);
    for (let count = 0; count < 20; count += 1) {
      expect(await failureOf(store.get("a"))).toMatchObject({ code });
    }
    expect(requests()).toBe(20);
  });

  test("counts anew after a success", async () => {
    const { store, fail, requests } = subject();
    for (let round = 0; round < 3; round += 1) {
      fail("Unavailable");
      for (let count = 0; count < 4; count += 1) await failureOf(store.get("a"));
      fail(undefined);
      await store.get("a");
    }
    expect(requests()).toBe(15);
  });

  test("counts attempts that hang until the deadline", async () => {
    const { store, clock, fail } = subject();
    fail("hang");
    for (let count = 0; count < 5; count += 1) {
      const failure = failureOf(store.get("a", { timeoutMs: 100 }));
      await clock.advance(100);
      expect(await failure).toMatchObject({ code: "Timeout" });
    }
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "CircuitOpen" });
  });

  test("lets one probe through after 30 s, however many wait", async () => {
    const breaker = subject();
    await open(breaker);
    await breaker.clock.advance(29_999);
    expect(await failureOf(breaker.store.get("a"))).toMatchObject({ code: "CircuitOpen" });
    await breaker.clock.advance(1);
    breaker.fail(undefined);
    const calls = await Promise.allSettled(
      Array.from({ length: 1_000 }, () => breaker.store.get("a")),
    );
    expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(breaker.requests()).toBe(6);
    expect(breaker.events.map(({ to }) => to)).toEqual(["open", "half-open", "closed"]);
    await breaker.store.get("a");
  });

  test("opens again for 30 s when the probe fails", async () => {
    const breaker = subject();
    await open(breaker);
    await breaker.clock.advance(30_000);
    expect(await failureOf(breaker.store.get("a"))).toMatchObject({ code: "Unavailable" });
    expect(await failureOf(breaker.store.get("a"))).toMatchObject({
      code: "CircuitOpen",
      retryAfterMs: 30_000,
    });
    expect(breaker.requests()).toBe(6);
  });

  test("takes a refusal as the answer of a store that works", async () => {
    const breaker = subject();
    await open(breaker);
    await breaker.clock.advance(30_000);
    breaker.fail("PermissionDenied");
    await failureOf(breaker.store.get("a"));
    expect(breaker.events.at(-1)?.to).toBe("closed");
  });

  test("hands the probe on when the caller of the first one gives up", async () => {
    const breaker = subject();
    await open(breaker);
    await breaker.clock.advance(30_000);
    breaker.fail("hang");
    const controller = new AbortController();
    const failure = failureOf(breaker.store.get("a", { signal: controller.signal }));
    await breaker.clock.advance(1);
    controller.abort();
    expect(await failure).toMatchObject({ code: "Aborted" });
    breaker.fail(undefined);
    expect((await breaker.store.get("a")).text()).toBe("x");
  });

  test("counts the time that the machine was suspended, and not a clock that is set back", async () => {
    const suspended = subject();
    await open(suspended);
    suspended.clock.jumpWallClock(30_000);
    suspended.fail(undefined);
    await suspended.store.get("a");
    const setBack = subject();
    await open(setBack);
    setBack.clock.jumpWallClock(-3_600_000);
    await setBack.clock.advance(30_000);
    setBack.fail(undefined);
    await setBack.store.get("a");
  });

  test("is passed by health, and stops the retries of a call that opened it", async () => {
    const clock = new FakeClock();
    let requests = 0;
    const provider = createMemoryProvider(
      {},
      {
        beforeCall: () => {
          requests += 1;
          throw new MemoryFault("Unavailable");
        },
      },
    );
    const store = createStore("memory", provider, {
      clock,
      random: () => 0.5,
      resilience: { breaker: { failures: 2 } },
    });
    const failure = failureOf(store.get("a"));
    await clock.advance(60_000);
    expect(await failure).toMatchObject({ code: "Unavailable" });
    expect(requests).toBe(2);
    await store.health();
    expect(requests).toBe(3);
  });
});

type Step = "begin" | "succeed" | "fail" | "release" | "wait";

test("any sequence: open means no permit until time is up, and at most one probe at a time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.constantFrom<Step>("begin", "begin", "succeed", "fail", "fail", "release", "wait"),
        { maxLength: 80 },
      ),
      async (steps) => {
        const clock = new FakeClock();
        const breaker = createBreaker(clock, { failures: 3, openSeconds: 10 });
        const permits: { permit: BreakerPermit; period: number }[] = [];
        let period = 0;
        let failures = 0;
        let state = "closed" as BreakerState;
        let openedAtMs = 0;
        const settle = (how: "succeed" | "fail" | "release"): void => {
          const held = permits.shift();
          if (held === undefined) return;
          if (how === "succeed") held.permit.succeeded();
          else if (how === "fail") held.permit.failed();
          else held.permit.released();
          if (held.period !== period || state === "open") return;
          if (how === "succeed") {
            failures = 0;
            if (state === "half-open") period += 1;
            state = "closed";
          } else if (how === "fail") {
            failures += 1;
            if (state === "closed" && failures < 3) return;
            state = "open";
            openedAtMs = clock.monotonicMs();
            period += 1;
          } else if (state === "half-open") {
            probing = false;
          }
        };
        let probing = false;
        for (const step of steps) {
          if (step === "wait") await clock.advance(4_000);
          else if (step !== "begin") settle(step);
          else {
            const due = state === "open" && clock.monotonicMs() - openedAtMs >= 10_000;
            if (due) {
              state = "half-open";
              probing = false;
            }
            const expected = state === "closed" || (state === "half-open" && !probing);
            let permit: BreakerPermit | undefined;
            try {
              permit = breaker.enter();
            } catch (error) {
              expect(isSecretError(error, "CircuitOpen")).toBe(true);
            }
            expect(permit !== undefined).toBe(expected);
            if (permit !== undefined) {
              permits.push({ permit, period });
              if (state === "half-open") probing = true;
            }
          }
          expect(breaker.state).toBe(state);
        }
      },
    ),
    { numRuns: 150 },
  );
});
