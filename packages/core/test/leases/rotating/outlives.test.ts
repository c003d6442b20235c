import { flushMicrotasks } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import type { LeasedCredentials } from "../../../src/leases/index.js";
import { closeWithin } from "../support.js";
import { oneRotationMs, rotating, type FakeClient } from "./support.js";

/** As of a static role: whatever is connected stays so. */
const outlives = (): boolean => true;

function clientOf({ secret }: LeasedCredentials): FakeClient {
  const { username } = secret.json() as { readonly username: string };
  return { username, retired: 0, closed: "no" };
}

describe("connections that outlive their password", () => {
  test("are not cut, however long they are used, and closed when they come back", async () => {
    const { client, clients, clock, told } = await rotating({ outlives });
    const use = await client.acquire();
    await clock.advance(34_000 + 600_000);
    expect(client.generation).toBeGreaterThan(2);
    expect(clients[0]).toMatchObject({ retired: 1, closed: "no" });
    expect(use.signal.aborted).toBe(false);
    use.release();
    await flushMicrotasks();
    expect(clients[0]?.closed).toBe("gently");
    expect(told).toContainEqual({ type: "closed", generation: 1, cutUses: 0 });
  });

  test("are cut by close when their time for that is over", async () => {
    const { client, clients, clock } = await rotating({ outlives, drainTimeoutMs: 5_000 });
    const { signal } = await client.acquire();
    await clock.advance(120_000);
    expect(signal.aborted).toBe(false);
    await closeWithin(clock, client);
    expect(signal.aborted).toBe(true);
    expect(clients[0]?.closed).toBe("forced");
  });

  test("serve while no client can be opened with the new one", async () => {
    let isRefused = true;
    let opened = 0;
    const { client, clock } = await rotating({
      outlives,
      open: (credentials) => {
        opened += 1;
        if (credentials.generation > 1 && isRefused) throw new Error("too many connections");
        return clientOf(credentials);
      },
    });
    await client.use(() => undefined);
    await clock.advance(oneRotationMs);
    expect(opened).toBeGreaterThan(1);
    opened = 0;
    for (let use = 0; use < 100; use += 1) {
      expect(await client.use(({ username }) => username)).toBe("creds/1");
    }
    expect(opened).toBe(0);
    await clock.advance(60_000); // through another rotation
    expect(await client.use(({ username }) => username)).toBe("creds/1");
    isRefused = false;
    await clock.advance(60_000);
    expect(await client.use(({ username }) => username)).not.toBe("creds/1");
  });

  test("serve only after the new client was waited for, since they cannot become more", async () => {
    const openings: { resolve: (client: FakeClient) => void; reject: (e: Error) => void }[] = [];
    const { client, clock } = await rotating({
      outlives,
      open: (credentials) =>
        credentials.generation === 1
          ? clientOf(credentials)
          : new Promise((resolve, reject) => openings.push({ resolve, reject })),
    });
    await client.use(() => undefined);
    await clock.advance(oneRotationMs);
    let username = "waiting";
    const using = client.use((its) => (username = its.username));
    await flushMicrotasks();
    expect([username, openings.length]).toEqual(["waiting", 1]);
    openings[0]?.reject(new Error("too many connections"));
    await using;
    expect(username).toBe("creds/1");
    await clock.advance(2_000);
    openings[1]?.resolve({ username: "creds/2", retired: 0, closed: "no" });
    await flushMicrotasks();
    expect(await client.use((its) => its.username)).toBe("creds/2");
  });

  test("end when the name is replaced that they stood for", async () => {
    let isRefused = true;
    const { client, clients, clock, backend } = await rotating({
      drainTimeoutMs: 1_000,
      outlives: ({ current }) => current.generation === 2,
      open: (credentials) => {
        if (credentials.generation > 1 && isRefused) throw new Error("too many connections");
        const opened = clientOf(credentials);
        clients.push(opened);
        return opened;
      },
    });
    const { signal } = await client.acquire();
    await clock.advance(oneRotationMs);
    expect(client.generation).toBe(1);
    isRefused = false;
    await clock.advance(6_000);
    expect(client.generation).toBe(2);
    expect([signal.aborted, clients[0]?.closed]).toEqual([false, "no"]);
    while (backend.count("issue") < 3) await clock.advance(1_000);
    await clock.advance(2_000);
    expect([signal.aborted, clients[0]?.closed]).toEqual([true, "forced"]);
    expect(client.generation).toBe(3);
  });
});
