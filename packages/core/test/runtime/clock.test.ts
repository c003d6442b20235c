import { describe, expect, test } from "vitest";
import { isSecretError, systemClock } from "../../src/index.js";
import { failureOf } from "../support/limited.js";

describe("the clock of the machine", () => {
  test("never lets a long delay fire at once, as Node's timers would", async () => {
    let fired = false;
    const cancel = systemClock.schedule(2 ** 40, () => (fired = true));
    await systemClock.sleep(5);
    expect(fired).toBe(false);
    cancel();
  });

  test("calls back after a delay, and not when it was cancelled", async () => {
    const calls: string[] = [];
    systemClock.schedule(1, () => calls.push("kept"));
    systemClock.schedule(1, () => calls.push("cancelled"))();
    systemClock.schedule(-5, () => calls.push("past"));
    await systemClock.sleep(20);
    expect(calls.toSorted()).toEqual(["kept", "past"]);
  });

  test("lets go of a sleep as soon as its signal aborts", async () => {
    const controller = new AbortController();
    const failures = [
      systemClock.sleep(60_000, { signal: controller.signal }),
      systemClock.sleep(0, { signal: AbortSignal.abort() }),
    ].map(failureOf);
    controller.abort();
    for (const failure of failures) expect(isSecretError(await failure, "Aborted")).toBe(true);
  });

  test("goes forward", async () => {
    const [wall, monotonic] = [systemClock.now(), systemClock.monotonicMs()];
    await systemClock.sleep(2);
    expect(systemClock.monotonicMs()).toBeGreaterThan(monotonic);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
    expect(wall).toBeGreaterThan(Date.UTC(2024, 0, 1));
  });
});
