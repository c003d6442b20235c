import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../src/clock/fake-clock.js";
import { faultSchedule, runFaultSchedule } from "../../src/faults/index.js";
import { seededRandom } from "../../src/faults/random.js";
import { connectedClient, startEcho, startProxy } from "./support.js";

function first(count: number, seed: number): unknown[] {
  const schedule = faultSchedule({ seed });
  return Array.from({ length: count }, () => schedule.next().value);
}

describe("faultSchedule", () => {
  it("follows from its seed alone", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, other) => {
        expect(first(20, seed)).toEqual(first(20, seed));
        fc.pre(seed >>> 0 !== other >>> 0);
        expect(first(20, seed)).not.toEqual(first(20, other));
      }),
    );
  });

  it("takes turns between a fault and none, within the bounds that are given", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const schedule = faultSchedule({ seed, faultMs: [5, 9], calmMs: [100, 200] });
        for (let pair = 0; pair < 50; pair += 1) {
          const calm = schedule.next().value;
          const fault = schedule.next().value;
          expect(calm.fault.kind).toBe("none");
          expect(fault.fault.kind).not.toBe("none");
          expect(calm.durationMs >= 100 && calm.durationMs <= 200).toBe(true);
          expect(fault.durationMs >= 5 && fault.durationMs <= 9).toBe(true);
        }
      }),
    );
  });

  it("draws every kind, or those that are given", () => {
    const kinds = (given?: readonly ["cut", "slow"]): Set<string> => {
      const schedule = faultSchedule({ seed: 1, kinds: given });
      return new Set(Array.from({ length: 400 }, () => schedule.next().value.fault.kind));
    };
    expect([...kinds()].sort()).toEqual(
      ["cut", "half-open", "limit", "none", "refuse", "reset", "slow", "stall"].sort(),
    );
    expect([...kinds(["cut", "slow"])].sort()).toEqual(["cut", "none", "slow"]);
  });
});

describe("seededRandom", () => {
  it("gives numbers from 0 up to 1, evenly", () => {
    const random = seededRandom(7);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 10_000; draw += 1) {
      const number = random();
      expect(number >= 0 && number < 1).toBe(true);
      const tenth = Math.floor(number * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(850);
    expect(Math.max(...tenths)).toBeLessThan(1150);
  });
});

describe("runFaultSchedule", () => {
  it("does one entry after the other, and leaves the proxy without a fault", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const clock = new FakeClock();
    const ending = new AbortController();
    const begun: string[] = [];
    const entries = [
      { fault: { kind: "refuse" }, durationMs: 10 },
      { fault: { kind: "stall" }, durationMs: 1_000_000 },
    ] as const;
    let reachSecond: () => void = () => undefined;
    const second = new Promise<void>((resolve) => {
      reachSecond = resolve;
    });
    const running = runFaultSchedule(proxy, entries, {
      signal: ending.signal,
      clock,
      onFault({ fault }) {
        begun.push(fault.kind);
        if (fault.kind === "stall") reachSecond();
      },
    });
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(10);
    await second;
    ending.abort();
    await running;
    expect(begun).toEqual(["refuse", "stall"]);
    expect(proxy.fault.kind).toBe("none");
    expect(clock.pendingTimers).toBe(0);
    await connectedClient(proxy);
  });
});
