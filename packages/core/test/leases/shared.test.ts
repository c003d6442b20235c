import { flushMicrotasks } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import type { Clock, IssuedLease } from "../../src/index.js";
import { FakeBackend } from "./fake-backend.js";
import { closeWithin, setUp, userOf } from "./support.js";

const path = "database/creds/readonly";

/** Issues a second after it was asked. */
class SlowBackend extends FakeBackend {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    super(clock);
    this.#clock = clock;
  }

  override async issue(): Promise<IssuedLease> {
    await this.#clock.sleep(1_000);
    return super.issue();
  }
}

describe("shared credentials", () => {
  test("are one lease for all who ask for the same, ended by the last", async () => {
    const { manager, backend, clock } = setUp();
    const [first, second] = await Promise.all([
      manager.acquire({ path, shared: true }),
      manager.acquire({ path, shared: true }),
    ]);
    expect(backend.count("issue")).toBe(1);
    await first.close();
    expect(userOf(second.current())).toBe("creds/1");
    expect(() => first.current()).toThrow(expect.objectContaining({ code: "Closed" }) as Error);
    await closeWithin(clock, second);
    expect(backend.living).toEqual([]);
    const third = await manager.acquire({ path, shared: true });
    expect(userOf(third.current())).toBe("creds/2");
  });

  test("who gives up is released at once, and the others get what they wait for", async () => {
    const { manager, backend, clock } = setUp({}, {}, (its) => new SlowBackend(its));
    const controller = new AbortController();
    const { signal } = controller;
    const impatient = manager.acquire({ path, shared: true, signal });
    const patient = manager.acquire({ path, shared: true });
    await flushMicrotasks();
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ code: "Aborted" });
    await clock.advance(1_000);
    expect(userOf((await patient).current())).toBe("creds/1");
    expect(backend.living).toEqual(["creds/1"]);
  });

  test("when all have given up, what is issued late is revoked, and the next has its own", async () => {
    const { manager, backend, clock } = setUp({}, {}, (its) => new SlowBackend(its));
    const controller = new AbortController();
    const { signal } = controller;
    const asking = [1, 2].map(() => manager.acquire({ path, shared: true, signal }));
    controller.abort();
    for (const each of asking) await expect(each).rejects.toMatchObject({ code: "Aborted" });
    const next = manager.acquire({ path, shared: true });
    await clock.advance(2_000);
    expect(userOf((await next).current())).toBe("creds/2");
    expect(backend.count("issue")).toBe(2);
    expect(backend.living).toEqual(["creds/2"]);
  });

  test("nothing more is asked for when nobody waits any more", async () => {
    const { manager, backend, clock } = setUp({ fault: () => "fail" });
    await manager.acquire({ path }).catch(() => undefined);
    const controller = new AbortController();
    const asking = manager.acquire({ path, shared: true, signal: controller.signal });
    await flushMicrotasks();
    controller.abort();
    await expect(asking).rejects.toMatchObject({ code: "Aborted" });
    await clock.advance(60_000);
    expect(backend.count("issue")).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });
});
