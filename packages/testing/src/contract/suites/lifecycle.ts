import { expect } from "vitest";
import { expectClean } from "../../canary/canary.js";
import { collect, type Contract, type ContractContext } from "../contract-test.js";

/** Time within which a cancelled call must be over, in milliseconds. */
const abortMs = 50;

/** Health, cancelling and closing. */
export function describeLifecycle(contract: Contract): void {
  contract.test("is healthy, and says so in words", async ({ store, canary }) => {
    const health = await store.health();
    expect(health.status).toBe("healthy");
    expect(health.message).toMatch(/\S+ \S+/u);
    expectClean(health, canary);
  });

  contract.test("does nothing for a signal that was aborted before", async (context) => {
    const { store, at, harness, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    const signal = AbortSignal.abort();
    const before = harness.requests?.();
    await expectFailure(store.put(ref, value("new"), { signal }), "Aborted", "put");
    await expectFailure(store.get(ref, { signal }), "Aborted", "get");
    await expectFailure(collect(store.list({ prefix: at("app"), signal })), "Aborted", "list");
    expect(harness.requests?.()).toBe(before);
    expect(await store.tryGet(ref)).toBeUndefined();
  });

  contract.test(`lets go of a cancelled call within ${abortMs} ms`, async (context) => {
    const { store, at, value } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, value("old"));
    await expectAborted(context, (signal) => store.get(ref, { signal }), "get");
    await expectAborted(context, (signal) => store.put(ref, value("new"), { signal }), "put");
    await expectAborted(context, (signal) => collect(store.list({ signal })), "list");
    await expectAborted(context, (signal) => store.versions(ref, { signal }), "versions");
    expect([value("old"), value("new")]).toContain((await store.get(ref)).text());
  });

  contract.test("refuses everything after close, which may be called twice", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, value("old"));
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await expectFailure(store.get(ref), "Closed", "get");
    await expectFailure(store.put(ref, value("new")), "Closed", "put");
    await expectFailure(collect(store.list()), "Closed", "list");
    await expectFailure(store.health(), "Closed", "health");
  });

  contract.test(
    "ends calls under way when it is closed",
    async ({ store, at, value, expectFailure }) => {
      const ref = { path: at("app/db") };
      await store.put(ref, value("old"));
      const readings = Array.from({ length: 5 }, () => store.get(ref));
      const failures = Promise.all(
        readings.map((reading) => expectFailure(reading, "Closed", "get")),
      );
      await store.close();
      await failures;
    },
  );
}

/** A busy machine may delay one try; a store that waits for its driver delays every one. */
const abortTries = 3;

async function expectAborted(
  { expectFailure, supports }: ContractContext,
  call: (signal: AbortSignal) => Promise<unknown>,
  operation: string,
): Promise<void> {
  if (operation === "versions" && !supports("versions")) return;
  const tookMs: number[] = [];
  for (let tries = 0; tries < abortTries && !tookMs.some((ms) => ms < abortMs); tries += 1) {
    const controller = new AbortController();
    const calling = call(controller.signal);
    const startMs = performance.now();
    const settled = calling
      .catch(() => undefined)
      .then(() => tookMs.push(performance.now() - startMs));
    controller.abort();
    await settled;
    await expectFailure(calling, "Aborted", operation);
  }
  expect(Math.min(...tookMs)).toBeLessThan(abortMs);
}
