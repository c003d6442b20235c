import { isSecretError } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../../src/index.js";

describe("FakeClock", () => {
  test("stands still until it is moved", async () => {
    const clock = new FakeClock({ nowMs: 1_000 });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_000, 0]);
    await clock.advance(50);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_050, 50]);
  });

  test("runs due timers in the order of their time, and of their making", async () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name} at ${clock.monotonicMs()}`);
    clock.schedule(30, note("late"));
    clock.schedule(10, note("first"));
    clock.schedule(20, note("a"));
    clock.schedule(20, note("b"));
    clock.schedule(-5, note("past"));
    await clock.advance(20);
    expect(ran).toEqual(["past at 0", "first at 10", "a at 20", "b at 20"]);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(10);
    expect(ran.at(-1)).toBe("late at 30");
  });

  test("runs timers that are set on the way, when they fall due on the way", async () => {
    const clock = new FakeClock();
    const ran: number[] = [];
    const again = (): void => {
      ran.push(clock.monotonicMs());
      clock.schedule(10, again);
    };
    clock.schedule(10, again);
    await clock.advance(35);
    expect(ran).toEqual([10, 20, 30]);
    expect(clock.monotonicMs()).toBe(35);
  });

  test("lets promises run between two timers", async () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    const sleeper = async (): Promise<void> => {
      await clock.sleep(10);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      ran.push("slept");
      await clock.sleep(5);
      ran.push("slept again");
    };
    const sleeping = sleeper();
    clock.schedule(12, () => ran.push("timer"));
    await clock.advance(20);
    await sleeping;
    expect(ran).toEqual(["slept", "timer", "slept again"]);
  });

  test("forgets a cancelled timer", async () => {
    const clock = new FakeClock();
    let ran = false;
    const cancel = clock.schedule(10, () => (ran = true));
    cancel();
    cancel();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(100);
    expect(ran).toBe(false);
  });

  test("ends a sleep as Aborted when its signal aborts, and leaves no timer", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const results = Promise.allSettled([
      clock.sleep(10, { signal: controller.signal }),
      clock.sleep(10, { signal: AbortSignal.abort() }),
    ]);
    controller.abort();
    for (const result of await results) {
      expect(result.status === "rejected" && isSecretError(result.reason, "Aborted")).toBe(true);
    }
    expect(clock.pendingTimers).toBe(0);
  });

  test("does not mind a signal that aborts after the sleep", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(10, { signal: controller.signal });
    await clock.advance(10);
    await sleeping;
    controller.abort();
  });

  test("sets the wall clock without moving time", async () => {
    const clock = new FakeClock({ nowMs: 0 });
    let ran = false;
    clock.schedule(10, () => (ran = true));
    clock.jumpWallClock(-3_600_000);
    await clock.advance(9);
    expect([clock.now(), clock.monotonicMs(), ran]).toEqual([9 - 3_600_000, 9, false]);
  });

  test("is never behind, whatever is scheduled", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(50), { maxLength: 10 }),
        fc.array(fc.nat(20), { maxLength: 5 }),
        async (delays, steps) => {
          const clock = new FakeClock();
          const ran: number[] = [];
          for (const delay of delays) clock.schedule(delay, () => ran.push(clock.monotonicMs()));
          for (const step of steps) await clock.advance(step);
          const end = steps.reduce((sum, step) => sum + step, 0);
          expect(clock.monotonicMs()).toBe(end);
          const due = steps.length === 0 ? [] : delays.filter((delay) => delay <= end);
          expect(ran).toEqual(due.toSorted((left, right) => left - right));
          expect(clock.pendingTimers).toBe(delays.length - due.length);
        },
      ),
      { numRuns: 50 },
    );
  });
});
