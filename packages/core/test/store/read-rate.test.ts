import { describe, expect, test } from "vitest";
import { FakeClock } from "@kinko/testing";
import { createMemoryProvider } from "@kinko/testing/memory";
import { createStore } from "../../src/index.js";
import type { ProviderLimits, SecretStore } from "../../src/index.js";
import { failureOf, limited } from "../support/limited.js";

const refs = Array.from({ length: 50 }, (_, index) => `many/${index}`);

/** A store that takes 10 ms for a read, and what reached it when. */
async function pacedStore(
  readRate: NonNullable<ProviderLimits["readRate"]>,
): Promise<{ clock: FakeClock; store: SecretStore; startsMs: number[] }> {
  const clock = new FakeClock();
  const memory = createMemoryProvider({}, { clock });
  const startsMs: number[] = [];
  const driver = limited(memory, {
    without: ["bulkGet"],
    methods: {
      async get(ref, options) {
        startsMs.push(clock.monotonicMs());
        await clock.sleep(10, { signal: options.signal });
        return memory.get(ref, options);
      },
    },
  });
  const { features, limits, extensions } = driver.capabilities;
  const capabilities = { features, extensions, limits: { ...limits, readRate } };
  const store = createStore("memory", { ...driver, capabilities }, { clock });
  for (const ref of refs) await store.put(ref, ref);
  return { clock, store, startsMs };
}

/** The most that began within any span of this length. */
function mostWithin(startsMs: readonly number[], spanMs: number): number {
  return Math.max(
    ...startsMs.map((from) => startsMs.filter((at) => at >= from && at < from + spanMs).length),
  );
}

describe("getMany of a store that declares the rate of its service", () => {
  test("keeps below half of it within any window, across calls, whatever the concurrency", async () => {
    const { clock, store, startsMs } = await pacedStore({ requests: 30, perSeconds: 1 });
    const first = store.getMany(refs, { concurrency: 50 });
    const second = store.getMany(refs);
    await clock.advance(9_000);
    expect([...(await first).values()].map((secret) => secret.text())).toEqual(refs);
    expect((await second).size).toBe(50);
    expect(startsMs).toHaveLength(100);
    expect(mostWithin(startsMs, 1_000)).toBe(15);
    expect(Math.max(...startsMs)).toBe(6_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test("begins as many at once as the window allows, 24 at a time", async () => {
    const { clock, store, startsMs } = await pacedStore({ requests: 4_000, perSeconds: 10 });
    const reading = store.getMany(refs);
    await clock.advance(100);
    expect((await reading).size).toBe(50);
    expect(startsMs.filter((at) => at === 0)).toHaveLength(24);
    expect(Math.max(...startsMs)).toBe(20);
  });

  test("ends at its deadline while reads wait for their turn, and leaves nothing waiting", async () => {
    const { clock, store, startsMs } = await pacedStore({ requests: 2, perSeconds: 60 });
    const failure = failureOf(store.getMany(refs, { timeoutMs: 500 }));
    await clock.advance(500);
    expect(await failure).toMatchObject({ code: "Timeout" });
    expect(startsMs).toEqual([0]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("does not hold up single reads", async () => {
    const { clock, store } = await pacedStore({ requests: 2, perSeconds: 60 });
    const reads = Promise.all(refs.map((ref) => store.get(ref)));
    await clock.advance(10);
    expect(await reads).toHaveLength(50);
  });
});
