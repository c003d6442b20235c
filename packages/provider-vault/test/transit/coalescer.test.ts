import { isSecretError, type CryptoOutcome } from "@kinko/core";
import { FakeClock, flushMicrotasks } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Coalescer, type CoalescerOptions } from "../../src/transit/batch/coalescer.js";
import { vaultError } from "../../src/errors/vault-error.js";

interface Request {
  readonly items: readonly string[];
  readonly signal: AbortSignal;
  readonly answer: (outcomes?: readonly CryptoOutcome<string>[]) => void;
  readonly fail: (error: Error) => void;
}

function setUp(overrides: Partial<CoalescerOptions<string, string>> = {}) {
  const clock = new FakeClock();
  const requests: Request[] = [];
  const discarded: string[] = [];
  const released: string[] = [];
  let idle = 0;
  const coalescer = new Coalescer<string, string>({
    maxItems: 10,
    maxBytes: 100,
    maxInFlight: 2,
    clock,
    timeoutMs: 1_000,
    send: (items, signal) =>
      new Promise((resolve, reject) => {
        const all = (): readonly CryptoOutcome<string>[] =>
          items.map((item) => ({ value: item.toUpperCase() }));
        requests.push({
          items,
          signal,
          answer: (outcomes) => resolve(outcomes ?? all()),
          fail: reject,
        });
      }),
    discard: (item) => void discarded.push(item),
    release: (value) => void released.push(value),
    onIdle: () => void (idle += 1),
    ...overrides,
  });
  const run = (item: string, options: { signal?: AbortSignal; timeoutMs?: number } = {}) =>
    coalescer.run(item, 1, options);
  return { clock, requests, discarded, released, coalescer, run, idle: () => idle };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("calls of one moment", () => {
  test("share a request, and each gets its own result", async () => {
    const { run, requests } = setUp();
    const calls = Promise.all([run("a"), run("b"), run("c")]);
    await flushMicrotasks();
    expect(requests.map(({ items }) => items)).toEqual([["a", "b", "c"]]);
    requests[0]?.answer();
    expect(await calls).toEqual(["A", "B", "C"]);
  });

  test("a lone call is sent before any timer or turn of the event loop", async () => {
    const { run, requests, clock } = setUp();
    const call = run("a");
    await Promise.resolve();
    expect(requests).toHaveLength(1);
    requests[0]?.answer();
    expect(await call).toBe("A");
    expect(clock.pendingTimers).toBe(0);
  });

  test("beyond the number of items go into a further request", async () => {
    const { run, requests } = setUp({ maxItems: 2 });
    const calls = ["a", "b", "c"].map((item) => run(item));
    await flushMicrotasks();
    expect(requests.map(({ items }) => items)).toEqual([["a", "b"], ["c"]]);
    for (const request of requests) request.answer();
    expect(await Promise.all(calls)).toEqual(["A", "B", "C"]);
  });

  test("beyond the number of bytes go into a further request; one that is too large goes alone", async () => {
    const { coalescer, requests } = setUp({ maxInFlight: 10 });
    const calls = [60, 50, 200, 10].map((bytes) => coalescer.run(String(bytes), bytes, {}));
    await flushMicrotasks();
    for (const request of requests) request.answer();
    await Promise.all(calls);
    expect(requests.map(({ items }) => items)).toEqual([["60"], ["50"], ["200"], ["10"]]);
  });

  test("gather while the most requests are under way", async () => {
    const { run, requests } = setUp();
    const calls = [run("a")];
    await flushMicrotasks();
    calls.push(run("b"));
    await flushMicrotasks();
    for (const item of ["c", "d", "e"]) {
      calls.push(run(item));
      await flushMicrotasks();
    }
    expect(requests.map(({ items }) => items)).toEqual([["a"], ["b"]]);
    requests[0]?.answer();
    await flushMicrotasks();
    expect(requests[2]?.items).toEqual(["c", "d", "e"]);
    for (const request of requests) request.answer();
    expect(await Promise.all(calls)).toEqual(["A", "B", "C", "D", "E"]);
  });
});

describe("failures", () => {
  test("one bad item fails its caller alone", async () => {
    const { run, requests } = setUp();
    const calls = [run("a"), run("b"), run("c")];
    await flushMicrotasks();
    const error = vaultError("InvalidValue", "Bad.", { reason: "bad" });
    requests[0]?.answer([{ value: "A" }, { error }, { value: "C" }]);
    expect(await Promise.allSettled(calls)).toEqual([
      { status: "fulfilled", value: "A" },
      { status: "rejected", reason: error },
      { status: "fulfilled", value: "C" },
    ]);
  });

  test("a failed request fails its callers, and those after it are sent", async () => {
    const { run, requests } = setUp({ maxInFlight: 1 });
    const first = [run("a"), run("b")];
    await flushMicrotasks();
    const next = run("c");
    requests[0]?.fail(vaultError("Unavailable", "Down.", {}));
    for (const call of first) {
      expect(isSecretError(await failureOf(call), "Unavailable")).toBe(true);
    }
    await flushMicrotasks();
    requests[1]?.answer();
    expect(await next).toBe("C");
  });
});

describe("giving up", () => {
  test("one caller's abort leaves the request and the others alone", async () => {
    const { run, requests, released } = setUp();
    const controller = new AbortController();
    const leaving = run("a", { signal: controller.signal });
    const staying = run("b");
    await flushMicrotasks();
    controller.abort();
    expect(isSecretError(await failureOf(leaving), "Aborted")).toBe(true);
    expect(requests[0]?.signal.aborted).toBe(false);
    requests[0]?.answer();
    expect(await staying).toBe("B");
    expect(released).toEqual(["A"]);
  });

  test("the request ends when nobody waits for it any more", async () => {
    const { run, requests, clock } = setUp();
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [failureOf(run("a", { signal })), failureOf(run("b", { signal }))];
    await flushMicrotasks();
    controller.abort();
    await Promise.all(calls);
    expect(requests[0]?.signal.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test("an abort before it is sent takes the item back, and erases it", async () => {
    const { run, requests, discarded } = setUp({ maxInFlight: 1 });
    const first = run("a");
    await flushMicrotasks();
    const controller = new AbortController();
    const waiting = run("b", { signal: controller.signal });
    controller.abort();
    expect(isSecretError(await failureOf(waiting), "Aborted")).toBe(true);
    requests[0]?.answer();
    await first;
    await flushMicrotasks();
    expect(requests).toHaveLength(1);
    expect(discarded).toEqual(["b"]);
  });

  test("a signal that was aborted before sends nothing", async () => {
    const { run, requests, discarded } = setUp();
    const call = run("a", { signal: AbortSignal.abort() });
    expect(isSecretError(await failureOf(call), "Aborted")).toBe(true);
    await flushMicrotasks();
    expect(requests).toEqual([]);
    expect(discarded).toEqual(["a"]);
  });

  test("each caller has a deadline of its own", async () => {
    const { run, requests, clock } = setUp();
    const short = run("a", { timeoutMs: 10 });
    const long = run("b");
    const failed = failureOf(short);
    await clock.advance(10);
    expect(await failed).toMatchObject({ code: "Timeout" });
    requests[0]?.answer();
    expect(await long).toBe("B");
    expect(clock.pendingTimers).toBe(0);
  });

  test("the last deadline aborts the request", async () => {
    const { run, requests, clock } = setUp();
    const calls = [failureOf(run("a", { timeoutMs: 10 })), failureOf(run("b", { timeoutMs: 20 }))];
    await clock.advance(10);
    expect(requests[0]?.signal.aborted).toBe(false);
    await clock.advance(10);
    expect(requests[0]?.signal.aborted).toBe(true);
    expect(await Promise.all(calls)).toEqual([
      expect.objectContaining({ code: "Timeout" }),
      expect.objectContaining({ code: "Timeout" }),
    ]);
  });
});

test("says when nothing waits and nothing is under way", async () => {
  const { run, requests, idle } = setUp();
  const call = run("a");
  await flushMicrotasks();
  expect(idle()).toBe(0);
  requests[0]?.answer();
  await call;
  await flushMicrotasks();
  expect(idle()).toBe(1);
});

test("whatever happens, every caller is answered once, with its own result", async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant("call" as const), abort: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("answer" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("fail" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { run, requests, clock } = setUp({ maxItems: 3, maxInFlight: 2 });
      const outcomes: Promise<string>[] = [];
      const expected: string[] = [];
      const controllers: AbortController[] = [];
      let answered = 0;
      for (const [index, each] of steps.entries()) {
        if (each.do === "call") {
          const controller = new AbortController();
          const call = run(`i${index}`, { signal: controller.signal });
          outcomes.push(call.catch((error: Error) => error.name));
          expected.push(`I${index}`);
          if (each.abort) controllers.push(controller);
        } else if (each.do === "wait") {
          await flushMicrotasks();
          controllers.shift()?.abort();
        } else {
          const request = requests[answered];
          if (request === undefined) continue;
          answered += 1;
          if (each.do === "answer") request.answer();
          else request.fail(vaultError("Unavailable", "Down.", {}));
        }
      }
      for (let round = 0; round < steps.length + 2; round += 1) {
        await flushMicrotasks();
        for (const request of requests.slice(answered)) request.answer();
        answered = requests.length;
      }
      const results = await Promise.all(outcomes);
      for (const [index, result] of results.entries()) {
        expect([expected[index], "UnavailableError", "AbortedError"]).toContain(result);
      }
      const sent = requests.flatMap(({ items }) => items);
      expect(new Set(sent).size).toBe(sent.length);
      expect(requests.every(({ items }) => items.length <= 3)).toBe(true);
      expect(clock.pendingTimers).toBe(0);
    }),
    { numRuns: 60 },
  );
});
