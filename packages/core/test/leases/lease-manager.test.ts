import { flushMicrotasks } from "@kinko/testing";
import { describe, expect, test, vi } from "vitest";
import { LeaseExpiredError, PermissionDeniedError } from "../../src/index.js";
import type { CredentialRotation } from "../../src/leases/index.js";
import { closeWithin, setUp, userOf } from "./support.js";

const path = "database/creds/readonly";

describe("acquire", () => {
  test("hands out what was issued, all parts of one generation", async () => {
    const { manager, backend, types } = setUp();
    const handle = await manager.acquire({ path });
    const { generation, secret, expiresAt } = handle.current();
    expect(generation).toBe(1);
    expect(secret.json()).toEqual({ username: "creds/1", password: "password of creds/1" });
    expect(expiresAt.getTime()).toBe(Date.UTC(2030, 0, 1) + 60_000);
    expect(backend.count("issue")).toBe(1);
    expect(types()).toEqual(["issued"]);
  });

  test("fails with what the backend says, and keeps nothing", async () => {
    const { manager, clock } = setUp({ fault: () => "fail" });
    await expect(manager.acquire({ path })).rejects.toMatchObject({ code: "Unavailable" });
    await flushMicrotasks();
    expect(clock.pendingTimers).toBe(0);
  });

  test("slows down whoever asks again and again while that fails", async () => {
    const { manager, clock, backend } = setUp({ fault: () => "fail" });
    let over = false;
    const asking = (async () => {
      while (!over) await manager.acquire({ path }).catch(() => undefined);
    })();
    await clock.advance(60_000);
    over = true;
    expect(backend.count("issue")).toBeGreaterThan(3);
    expect(backend.count("issue")).toBeLessThan(9);
    await clock.advance(60_000);
    await asking;
  });

  test("lets one alone try while many want the same that fails", async () => {
    const { manager, clock, backend } = setUp({
      fault: (_, count) => (count < 1 ? "fail" : "none"),
    });
    await manager.acquire({ path }).catch(() => undefined);
    const many = Array.from({ length: 50 }, () => manager.acquire({ path }));
    await flushMicrotasks();
    expect(backend.count("issue")).toBe(1);
    await clock.advance(2_000);
    await Promise.all(many);
    expect(backend.count("issue")).toBe(51);
  });

  test("a caller that gives up leaves no credentials behind", async () => {
    const { manager, backend, clock } = setUp();
    const controller = new AbortController();
    const asking = manager.acquire({ path, signal: controller.signal });
    controller.abort();
    await expect(asking).rejects.toMatchObject({ code: "Aborted" });
    await clock.advance(100);
    expect(backend.living).toEqual([]);
  });

  test("asks for nothing under a signal that has aborted already", async () => {
    const { manager, backend } = setUp();
    const signal = AbortSignal.abort();
    for (const shared of [false, true]) {
      await expect(manager.acquire({ path, shared, signal })).rejects.toMatchObject({
        code: "Aborted",
      });
    }
    expect(backend.count("issue")).toBe(0);
  });

  test("refuses options that are no times", () => {
    for (const overlapMs of [-1, Number.NaN, 2 ** 31]) {
      expect(() => setUp({}, { overlapMs })).toThrow(
        expect.objectContaining({ code: "Config", field: "overlapMs" }) as Error,
      );
    }
  });
});

describe("renewal", () => {
  test("happens at two thirds of the life, and keeps the generation", async () => {
    const { manager, clock, backend, types } = setUp();
    const handle = await manager.acquire({ path });
    await clock.advance(39_900);
    expect(backend.count("renew")).toBe(0);
    await clock.advance(200);
    expect(backend.count("renew")).toBe(1);
    expect(types()).toEqual(["issued", "renewed"]);
    expect(handle.current().generation).toBe(1);
    expect(handle.current().expiresAt.getTime() - clock.now()).toBeCloseTo(59_900, -2);
  });

  test("takes another moment in each cycle", async () => {
    let random = 0;
    const { manager, clock, backend } = setUp({}, { random: () => (random = (random + 0.37) % 1) });
    await manager.acquire({ path });
    await clock.advance(400_000);
    const times = backend.requests.filter((r) => r.operation === "renew").map((r) => r.atMs);
    const waits = times.map((time, index) => Math.round(time - (times[index - 1] ?? 0)));
    expect(new Set(waits).size).toBeGreaterThan(5);
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(30_000);
      expect(wait).toBeLessThanOrEqual(50_000);
    }
  });

  test("that fails is tried again within the remaining time, never within a second", async () => {
    const { manager, clock, backend, types } = setUp({
      fault: (operation, count) => (operation === "renew" && count < 3 ? "fail" : "none"),
    });
    const handle = await manager.acquire({ path });
    await clock.advance(55_000);
    const times = backend.requests.filter((r) => r.operation === "renew").map((r) => r.atMs);
    expect(times).toHaveLength(4);
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(waits.every((wait, index) => wait >= 1_000 * 2 ** index)).toBe(true);
    expect(handle.current().generation).toBe(1);
    expect(types()).toEqual(["issued", "renewed"]);
  });

  test("that hangs leaves time for others", async () => {
    const { manager, clock, backend } = setUp({
      ttlSeconds: 12,
      fault: (operation, count) => (operation === "renew" && count === 0 ? "hang" : "none"),
    });
    const handle = await manager.acquire({ path });
    await clock.advance(11_900);
    expect(backend.count("renew") + backend.count("issue")).toBeGreaterThan(2);
    expect(handle.current()).toBeDefined();
  });

  test("beyond what timers of Node can count is not started at once", async () => {
    const { manager, clock, backend } = setUp({ ttlSeconds: 768 * 3_600 });
    await manager.acquire({ path });
    await clock.advance(3_600_000);
    expect(backend.requests).toHaveLength(1);
  });

  test("an invalid renew statement makes at most six accounts in five minutes", async () => {
    for (const random of [0, 0.5, 0.999]) {
      for (const renewError of [undefined, () => new PermissionDeniedError("No.")]) {
        const { manager, clock, backend } = setUp(
          {
            fault: (operation) => (operation === "renew" ? "fail" : "none"),
            ...(renewError === undefined ? {} : { renewError }),
          },
          { random: () => random },
        );
        const handle = await manager.acquire({ path });
        for (let second = 0; second < 300; second += 1) {
          await clock.advance(1_000);
          expect(backend.isValid(userOf(handle.current()))).toBe(true);
        }
        expect(backend.count("issue")).toBeLessThanOrEqual(6);
        expect(backend.count("renew")).toBeLessThanOrEqual(6 * 6);
        await closeWithin(clock, manager);
      }
    }
  });
});

describe("rotation", () => {
  test("comes at the maximum life: new credentials first, the old lease ends after the overlap", async () => {
    const { manager, clock, backend, types } = setUp({ ttlSeconds: 60, maxTtlSeconds: 90 });
    const handle = await manager.acquire({ path });
    let before = userOf(handle.current());
    for (let tenth = 0; tenth < 1_200; tenth += 1) {
      await clock.advance(100);
      const now = userOf(handle.current());
      expect(backend.isValid(now)).toBe(true);
      if (now !== before) expect(backend.isValid(before)).toBe(true);
      before = now;
    }
    expect(types()).toEqual(
      expect.arrayContaining(["issued", "renewed", "issued", "rotated", "revoked"]),
    );
    expect(types().indexOf("rotated")).toBeLessThan(types().indexOf("revoked"));
    expect(backend.count("issue")).toBe(2);
  });

  test("of what cannot be renewed comes before its end", async () => {
    const { manager, clock, backend, types } = setUp({ ttlSeconds: 60, renewable: false });
    const handle = await manager.acquire({ path });
    await clock.advance(59_000);
    expect(handle.current().generation).toBe(2);
    expect(backend.count("renew")).toBe(0);
    expect(types()).not.toContain("lost");
  });

  test("revokes the old lease when all listeners are done, and not before", async () => {
    const { manager, clock, backend } = setUp({ ttlSeconds: 600, renewable: false });
    const handle = await manager.acquire({ path });
    let drain: () => void = () => undefined;
    const drained = new Promise<void>((resolve) => (drain = resolve));
    const seen: CredentialRotation[] = [];
    handle.onRotate((rotation) => {
      seen.push(rotation);
      return drained;
    });
    handle.onRotate(() => Promise.reject(new Error("a listener of somebody else")));
    await clock.advance(530_000);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.signal.aborted).toBe(false);
    expect(backend.isValid("creds/1")).toBe(true);
    expect(seen[0]?.previous.secret.json()).toMatchObject({ username: "creds/1" });
    drain();
    await flushMicrotasks();
    expect(backend.leases.get("creds/1")?.revocations).toBe(1);
    expect(seen[0]?.signal.aborted).toBe(true);
    expect(() => seen[0]?.previous.secret.json()).toThrow(
      expect.objectContaining({ code: "Closed" }) as Error,
    );
  });

  test("a listener that is never done holds the old lease for the overlap only", async () => {
    const { manager, clock, backend } = setUp(
      { ttlSeconds: 600, renewable: false },
      { overlapMs: 5_000 },
    );
    const handle = await manager.acquire({ path });
    let rotatedMs = 0;
    handle.onRotate(({ signal }) => {
      rotatedMs = clock.monotonicMs();
      return new Promise(() => signal);
    });
    await clock.advance(600_000);
    const revoked = backend.requests.find((r) => r.operation === "revoke" && r.id === "creds/1");
    expect((revoked?.atMs ?? 0) - rotatedMs).toBeCloseTo(5_000, -1);
  });

  test("a listener that left hears nothing", async () => {
    const { manager, clock } = setUp({ renewable: false });
    const handle = await manager.acquire({ path });
    const listener = vi.fn();
    handle.onRotate(listener)();
    await clock.advance(100_000);
    expect(handle.current().generation).toBeGreaterThan(1);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("an outage", () => {
  test("leaves credentials in use until their expiry, and never hands out expired ones", async () => {
    const { manager, clock, backend, types, events } = setUp();
    const handle = await manager.acquire({ path });
    backend.options = { fault: () => "fail" };
    await clock.advance(59_000);
    expect(userOf(handle.current())).toBe("creds/1");
    await clock.advance(1_000);
    expect(() => handle.current()).toThrow(LeaseExpiredError);
    await clock.advance(120_000);
    expect(types()).toEqual(["issued", "expiring", "lost"]);
    expect(events.at(-1)).toMatchObject({ type: "lost", code: "Unavailable" });
    const waiting = handle.ready();
    backend.options = {};
    await clock.advance(40_000);
    expect((await waiting).generation).toBe(2);
    expect(backend.requests.length).toBeLessThan(20);
  });

  test("a wait for credentials ends with the caller's signal", async () => {
    const { manager, clock, backend } = setUp();
    const handle = await manager.acquire({ path });
    backend.options = { fault: () => "fail" };
    await clock.advance(60_000);
    const controller = new AbortController();
    const waiting = handle.ready({ signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "Aborted" });
    const other = handle.ready();
    const closing = closeWithin(clock, handle);
    await expect(other).rejects.toMatchObject({ code: "Closed" });
    await closing;
  });

  test("a lease that the backend no longer knows is replaced at once", async () => {
    const { manager, clock, backend, types } = setUp();
    const handle = await manager.acquire({ path });
    await backend.revoke("creds/1");
    await clock.advance(40_100);
    expect(handle.current().generation).toBe(2);
    expect(types().slice(0, 4)).toEqual(["issued", "lost", "issued", "rotated"]);
  });
});

describe("clocks", () => {
  test("a process that was stopped longer than the life hands out nothing expired", async () => {
    const { manager, clock } = setUp();
    const handle = await manager.acquire({ path });
    // Suspended: the monotonic clock, and with it every timer, stood still.
    clock.jumpWallClock(3_600_000);
    expect(() => handle.current()).toThrow(LeaseExpiredError);
    await clock.advance(2_000);
    expect(handle.current().generation).toBe(2);
  });

  test("a wall clock that is set back does not prolong a life", async () => {
    const { manager, clock, backend } = setUp({ renewable: false });
    const handle = await manager.acquire({ path });
    backend.options = { fault: () => "fail" };
    clock.jumpWallClock(-86_400_000);
    await clock.advance(60_000);
    expect(() => handle.current()).toThrow(LeaseExpiredError);
  });

  test("a wall clock that is set ahead costs one issue, and no storm", async () => {
    const { manager, clock, backend } = setUp();
    await manager.acquire({ path });
    clock.jumpWallClock(86_400_000);
    await clock.advance(120_000);
    expect(backend.count("issue")).toBe(2);
  });
});

describe("close", () => {
  test("revokes what it holds, also what is just being replaced", async () => {
    const { manager, clock, backend } = setUp({ ttlSeconds: 600, renewable: false });
    const handle = await manager.acquire({ path });
    await manager.acquire({ path });
    handle.onRotate(() => new Promise(() => undefined));
    await clock.advance(530_000);
    expect(backend.living.length).toBeGreaterThanOrEqual(3);
    await closeWithin(clock, manager);
    expect(backend.living).toEqual([]);
    for (const lease of backend.leases.values()) expect(lease.revocations, lease.id).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    expect(() => handle.current()).toThrow(expect.objectContaining({ code: "Closed" }) as Error);
    await expect(manager.acquire({ path })).rejects.toMatchObject({ code: "Closed" });
  });

  test("tries again, and tells what could not be revoked, in bounded time", async () => {
    const { manager, clock, backend, events } = setUp({}, { closeTimeoutMs: 4_000 });
    await manager.acquire({ path });
    backend.options = { fault: (operation) => (operation === "revoke" ? "fail" : "none") };
    const before = clock.monotonicMs();
    await closeWithin(clock, manager);
    expect(clock.monotonicMs() - before).toBeLessThanOrEqual(4_100);
    expect(backend.count("revoke")).toBeGreaterThan(1);
    expect(events.at(-1)).toMatchObject({
      type: "revoke-failed",
      leaseId: "creds/1",
      code: "Unavailable",
    });
  });

  test("does not wait for a backend that hangs", async () => {
    const { manager, clock, backend, types } = setUp();
    await manager.acquire({ path });
    backend.options = { fault: () => "hang" };
    await clock.advance(41_000);
    const before = clock.monotonicMs();
    await closeWithin(clock, manager);
    expect(clock.monotonicMs() - before).toBeLessThanOrEqual(4_100);
    expect(types().filter((type) => type === "revoke-failed")).toHaveLength(1);
  });

  test("credentials that are issued meanwhile are revoked", async () => {
    const { manager, clock, backend } = setUp();
    const asking = manager.acquire({ path });
    const closing = closeWithin(clock, manager);
    await expect(asking).rejects.toMatchObject({ code: "Closed" });
    await closing;
    expect(backend.living).toEqual([]);
  });
});

test("a listener of events that throws stops nothing", async () => {
  const { manager, clock, backend } = setUp(
    {},
    {
      onEvent: () => {
        throw new Error("a listener of somebody else");
      },
    },
  );
  await manager.acquire({ path });
  await clock.advance(41_000);
  expect(backend.count("renew")).toBe(1);
});
