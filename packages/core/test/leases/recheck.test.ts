import { describe, expect, test } from "vitest";
import { Secret, type IssuedLease } from "../../src/index.js";
import { FakeBackend } from "./fake-backend.js";
import { setUp } from "./support.js";

const path = "database/creds/readonly";

describe("recheck, when a server refuses the credentials", () => {
  test("has new ones issued for a lease that was ended by hand", async () => {
    const { manager, backend, clock, types } = setUp();
    const handle = await manager.acquire({ path });
    await clock.advance(5_000);
    await backend.revoke("creds/1");
    await handle.recheck(1);
    await clock.advance(0);
    expect((await handle.ready()).generation).toBe(2);
    expect(backend.isValid("creds/2")).toBe(true);
    expect(types()).toEqual(["issued", "lost", "issued", "rotated", "revoked"]);
  });

  test("keeps those that live, however many ask, with one request", async () => {
    const { manager, backend, clock } = setUp();
    const handle = await manager.acquire({ path });
    await clock.advance(5_000);
    await Promise.all(Array.from({ length: 50 }, () => handle.recheck(1)));
    expect(backend.count("renew")).toBe(1);
    expect(handle.current().generation).toBe(1);
    expect(backend.count("issue")).toBe(1);
  });

  test("asks about once a second, and so also just after they were issued", async () => {
    const { manager, backend, clock } = setUp();
    const handle = await manager.acquire({ path });
    let isOver = false;
    const asking = (async () => {
      while (!isOver) await handle.recheck(1);
    })();
    await clock.advance(10_000);
    expect(backend.count("renew")).toBeGreaterThanOrEqual(8);
    expect(backend.count("renew")).toBeLessThanOrEqual(10);
    isOver = true;
    await clock.advance(2_000);
    await asking;
  });

  test("looks at a lease that cannot be renewed, and replaces it when it has ended", async () => {
    const { manager, backend, clock } = setUp({ renewable: false });
    const handle = await manager.acquire({ path });
    await clock.advance(5_000);
    await handle.recheck(1);
    expect(backend.count("lookup")).toBe(1);
    expect(handle.current().generation).toBe(1);
    await backend.revoke("creds/1");
    await clock.advance(2_000);
    await handle.recheck(1);
    await clock.advance(0);
    expect((await handle.ready()).generation).toBe(2);
  });

  test("changes nothing when the backend cannot say", async () => {
    const { manager, backend, clock, types } = setUp({
      fault: (operation) => (operation === "renew" ? "fail" : "none"),
    });
    const handle = await manager.acquire({ path });
    await clock.advance(5_000);
    await expect(handle.recheck(1)).resolves.toBeUndefined();
    expect(handle.current().generation).toBe(1);
    expect(types()).toEqual(["issued"]);
    expect(backend.count("issue")).toBe(1);
  });

  test("sends nothing for a generation that has been replaced, nor once closed", async () => {
    const { manager, backend, clock } = setUp();
    const handle = await manager.acquire({ path });
    await clock.advance(5_000);
    await handle.recheck(0);
    expect(backend.count("renew")).toBe(0);
    await handle.close();
    await handle.recheck(1);
    expect(backend.count("renew")).toBe(0);
  });

  test("does not add to requests that wait for their turn after failures", async () => {
    const { manager, backend, clock } = setUp({
      fault: (operation) => (operation === "issue" ? "none" : "fail"),
    });
    const handle = await manager.acquire({ path });
    await clock.advance(45_500);
    const renewals = backend.count("renew");
    expect(renewals).toBe(3);
    await handle.recheck(1);
    expect(backend.count("renew")).toBe(renewals);
  });

  test("reads a static role again, and so finds the password that was changed", async () => {
    let password = "first";
    class StaticBackend extends FakeBackend {
      override issue(): Promise<IssuedLease> {
        const secret = Secret.json({ username: "app", password });
        return Promise.resolve({ id: "", secret, durationSeconds: 600, renewable: false });
      }
    }
    const { clock, manager } = setUp({}, {}, (its) => new StaticBackend(its));
    const handle = await manager.acquire({ path: "database/static-creds/app", shared: true });
    await clock.advance(5_000);
    await handle.recheck(1);
    expect(handle.current().generation).toBe(1);
    password = "second";
    await clock.advance(2_000);
    await handle.recheck(1);
    const { generation, secret } = handle.current();
    expect(generation).toBe(2);
    expect(secret.json()).toEqual({ username: "app", password: "second" });
  });
});
