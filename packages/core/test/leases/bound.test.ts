import { describe, expect, test } from "vitest";
import { closeWithin, setUp } from "./support.js";

const path = "database/creds/readonly";
const expired = expect.objectContaining({ code: "LeaseExpired" }) as Error;

describe("credentials whose login another one has succeeded", () => {
  test("are replaced before they end with it, in overlap, although their lease says more", async () => {
    const { manager, clock, backend, types } = setUp({ ttlSeconds: 3_600, loginSeconds: 600 });
    const handle = await manager.acquire({ path });
    await clock.advance(570_000);
    backend.logIn(600);
    expect(handle.current().expiresAt.getTime()).toBe(clock.now() + 30_000);
    await clock.advance(17_000);
    expect(handle.current().generation).toBe(1);
    await clock.advance(1_000);
    expect(handle.current().generation).toBe(2);
    // The old ones still live while their users move over.
    expect(backend.isValid("creds/1")).toBe(true);
    await clock.advance(12_500);
    expect(backend.living).toEqual(["creds/2"]);
    expect(types()).toEqual(["issued", "issued", "rotated", "revoked"]);
    expect(handle.current().expiresAt.getTime()).toBeGreaterThan(clock.now() + 3_000_000);
  });

  test("are replaced at different moments, where there are many", async () => {
    let random = 0;
    const { manager, clock, backend } = setUp(
      { ttlSeconds: 3_600, loginSeconds: 600 },
      { random: () => (random = (random + 0.37) % 1) },
    );
    await Promise.all(Array.from({ length: 100 }, () => manager.acquire({ path })));
    backend.logIn(6_000);
    await clock.advance(600_000);
    const seconds = backend.requests
      .filter(({ operation }) => operation === "issue")
      .slice(100)
      .map(({ atMs }) => Math.floor(atMs / 1_000));
    expect(seconds).toHaveLength(100);
    expect(new Set(seconds).size).toBeGreaterThan(20);
  });

  test("are renewed as before while their own lease ends first", async () => {
    const { manager, clock, backend } = setUp({ ttlSeconds: 60, loginSeconds: 600 });
    const handle = await manager.acquire({ path });
    await clock.advance(300_000);
    const renewals = backend.count("renew");
    backend.logIn(600);
    await clock.advance(200_000);
    expect(backend.count("renew")).toBeGreaterThan(renewals + 3);
    expect(handle.current().generation).toBe(1);
    await clock.advance(99_000);
    expect(handle.current().generation).toBe(2);
  });

  test("that are being renewed at that moment are replaced in time all the same", async () => {
    const { manager, clock, backend } = setUp({ ttlSeconds: 60, loginSeconds: 70 });
    let answer: () => void = () => undefined;
    const renew = backend.renew.bind(backend);
    backend.renew = async (...parameters) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return renew(...parameters);
    };
    const handle = await manager.acquire({ path });
    await clock.advance(41_000);
    backend.logIn(600);
    answer();
    await clock.advance(28_000);
    expect(backend.count("renew")).toBe(1);
    expect(handle.current().generation).toBe(2);
  });

  test("that could not be renewed at that moment are replaced in time all the same", async () => {
    const { manager, clock, backend } = setUp({
      ttlSeconds: 60,
      loginSeconds: 70,
      fault: (operation) => (operation === "renew" ? "hang" : "none"),
    });
    const handle = await manager.acquire({ path });
    await clock.advance(41_000);
    backend.logIn(600);
    await clock.advance(18_000);
    expect(handle.current().generation).toBe(2);
  });

  test("that were being issued at that moment are known to end with it", async () => {
    const { manager, clock, backend } = setUp({ ttlSeconds: 3_600, loginSeconds: 30 });
    const acquiring = manager.acquire({ path });
    backend.logIn(600);
    const handle = await acquiring;
    expect(handle.current().expiresAt.getTime()).toBe(clock.now() + 30_000);
    await clock.advance(29_000);
    expect(handle.current().generation).toBe(2);
  });

  test("without time left are never handed out, and replaced at once", async () => {
    const { manager, clock, backend, types } = setUp({ ttlSeconds: 3_600, loginSeconds: 600 });
    const handle = await manager.acquire({ path });
    await clock.advance(100_000);
    backend.prolongLogin(0);
    backend.logIn(600);
    expect(() => handle.current()).toThrow(expired);
    await clock.advance(10);
    expect(handle.current().generation).toBe(2);
    expect(types()).toEqual(["issued", "lost", "issued", "rotated", "revoked"]);
  });
});

test("a login that ended without another one ends its credentials, whatever their lease says", async () => {
  const { manager, clock, backend } = setUp({
    ttlSeconds: 3_600,
    loginSeconds: 600,
    fault: (operation, count) => (operation === "issue" && count > 0 ? "fail" : "none"),
  });
  const handle = await manager.acquire({ path });
  await clock.advance(500_000);
  backend.prolongLogin(600);
  await clock.advance(599_000);
  expect(handle.current().generation).toBe(1);
  expect(backend.count("issue")).toBe(1);
  await clock.advance(1_000);
  expect(() => handle.current()).toThrow(expired);
  await clock.advance(60_000);
  expect(backend.count("issue")).toBeGreaterThan(2);
  expect(backend.count("issue")).toBeLessThan(9);
});

test("a closed manager listens no more", async () => {
  const { manager, clock, backend } = setUp({ ttlSeconds: 3_600, loginSeconds: 600 });
  await manager.acquire({ path });
  expect(backend.subscribers).toBe(1);
  await closeWithin(clock, manager);
  expect(backend.subscribers).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});
