import { FakeClock } from "@kinko/testing";
import { expect, test } from "vitest";
import { RateWindow } from "../../src/secrets/rate-window.js";

test("no second sees more than the allowed requests, and none waits longer than it must", async () => {
  const clock = new FakeClock();
  const window = new RateWindow(clock, 5);
  const startsMs: number[] = [];
  const entering = Array.from({ length: 23 }, async () => {
    await window.enter(new AbortController().signal);
    startsMs.push(clock.monotonicMs());
  });
  for (let n = 0; n < 50; n += 1) await clock.advance(100);
  await Promise.all(entering);
  expect(startsMs).toEqual(Array.from({ length: 23 }, (_, n) => Math.floor(n / 5) * 1000));
});

test("one that is cancelled stops waiting", async () => {
  const clock = new FakeClock();
  const window = new RateWindow(clock, 1);
  await window.enter(new AbortController().signal);
  const controller = new AbortController();
  const waiting = window.enter(controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "Aborted" });
  expect(clock.pendingTimers).toBe(0);
});
