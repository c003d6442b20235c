import { FakeClock, flushMicrotasks } from "@kinko/testing";
import { rotateClient } from "@kinko/core/leases";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkOut } from "../src/check-out.js";
import type { LoginPool } from "../src/login-pool.js";
import { Slots } from "../src/slots.js";
import { FakeHandle } from "./fake-handle.js";

/** How many intervals there are from now on that keep the process alive. */
function watchHolds(): () => number {
  const set = vi.spyOn(globalThis, "setInterval");
  const clear = vi.spyOn(globalThis, "clearInterval");
  onTestFinished(() => {
    set.mockRestore();
    clear.mockRestore();
  });
  return () => {
    const cleared = new Set<unknown>(clear.mock.calls.map(([timer]) => timer));
    const all = set.mock.results.map(({ value }) => value as NodeJS.Timeout);
    return all.filter((timer) => timer.hasRef() && !cleared.has(timer)).length;
  };
}

test("a wait for a connection keeps the process alive, up to its deadline", async () => {
  const holds = watchHolds();
  const clock = new FakeClock();
  const handle = new FakeHandle();
  const logins = rotateClient<LoginPool>({
    handle,
    clock,
    open: () => new Promise(() => undefined),
    close: () => undefined,
  });
  const slots = new Slots(1);
  const source = { slots, logins, handle, clock, timeoutMs: 5_000 };
  const waiting = [1, 2].map(() => checkOut(source).catch((error: unknown) => error));
  await flushMicrotasks();
  expect(slots.waitingCount).toBe(1);
  expect(holds()).toBe(2);
  await clock.advance(5_000);
  for (const each of waiting) {
    expect(await each).toMatchObject({ code: "Timeout", reason: "no-connection" });
  }
  expect(holds()).toBe(0);
});
