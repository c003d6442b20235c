import { flushMicrotasks } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { closeWithin } from "../support.js";
import { oneRotationMs, rotating, type FakeClient } from "./support.js";

describe("use", () => {
  test("opens one client at the first use, for all who want it at once", async () => {
    const { client, clients } = await rotating();
    expect(client.generation).toBeUndefined();
    expect(clients).toEqual([]);
    const names = await Promise.all(
      Array.from({ length: 20 }, () => client.use(({ username }) => username)),
    );
    expect(new Set(names)).toEqual(new Set(["creds/1"]));
    expect(clients).toHaveLength(1);
    expect(client.generation).toBe(1);
  });

  test("says what opening failed with, and opens again at the next use", async () => {
    let failures = 1;
    const { client } = await rotating({
      open: ({ secret }) => {
        if (failures-- > 0) throw new Error("refused");
        const { username } = secret.json() as { readonly username: string };
        return { username, retired: 0, closed: "no" };
      },
    });
    await expect(client.use(() => undefined)).rejects.toThrow("refused");
    await expect(client.use(({ username }) => username)).resolves.toBe("creds/1");
  });

  test("gives the client back also when the work fails", async () => {
    const { client, clients, clock } = await rotating();
    await expect(client.use(() => Promise.reject(new Error("work")))).rejects.toThrow("work");
    await clock.advance(oneRotationMs);
    expect(clients[0]?.closed).toBe("gently");
  });

  test("a caller that gives up does not spoil the opening for others", async () => {
    let open: (client: FakeClient) => void = () => undefined;
    const { client } = await rotating({ open: () => new Promise((resolve) => (open = resolve)) });
    const controller = new AbortController();
    const impatient = client.use(() => "late", { signal: controller.signal });
    const patient = client.use(() => "done");
    await flushMicrotasks();
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ code: "Aborted" });
    open({ username: "one", retired: 0, closed: "no" });
    await expect(patient).resolves.toBe("done");
  });
});

describe("a rotation", () => {
  test("moves to a client of the new credentials, closes the old one, then revokes", async () => {
    const { client, clients, clock, backend, told } = await rotating();
    await client.use(() => undefined);
    await clock.advance(oneRotationMs);
    expect(await client.use(({ username }) => username)).toBe("creds/2");
    expect(clients.map(({ closed }) => closed)).toEqual(["gently", "no"]);
    expect(backend.isValid("creds/1")).toBe(false);
    expect(backend.isValid("creds/2")).toBe(true);
    expect(told).toEqual([
      { type: "opened", generation: 1 },
      { type: "opened", generation: 2 },
      { type: "closed", generation: 1, cutUses: 0 },
    ]);
  });

  test("waits for uses of the old client before it closes and revokes", async () => {
    const { client, clients, clock, backend } = await rotating();
    const use = await client.acquire();
    await clock.advance(oneRotationMs);
    expect(client.generation).toBe(2);
    expect(use.superseded).toBe(true);
    expect(clients[0]).toMatchObject({ retired: 1, closed: "no" });
    expect(backend.isValid("creds/1")).toBe(true);
    use.release();
    use.release();
    await flushMicrotasks();
    expect(clients[0]?.closed).toBe("gently");
    expect(use.signal.aborted).toBe(false);
    expect(backend.isValid("creds/1")).toBe(false);
  });

  test("cuts uses that go on when the overlap is over, before the credentials end", async () => {
    const { client, clients, clock, backend, told } = await rotating();
    const { signal } = await client.acquire();
    await clock.advance(34_000 + 20_000);
    expect(signal.aborted).toBe(false);
    await clock.advance(2_000);
    expect(signal.aborted).toBe(true);
    expect(clients[0]?.closed).toBe("forced");
    expect(told).toContainEqual({ type: "closed", generation: 1, cutUses: 1 });
    const revocation = backend.requests.find(({ operation }) => operation === "revoke");
    expect(revocation?.id).toBe("creds/1");
    expect(revocation?.atMs).toBeLessThan(60_000);
  });

  test("cuts them earlier where the drain timeout is shorter than the overlap", async () => {
    const { client, clients, clock, backend } = await rotating({ drainTimeoutMs: 1_000 });
    await client.acquire();
    await clock.advance(oneRotationMs);
    expect(clients[0]?.closed).toBe("forced");
    expect(backend.isValid("creds/1")).toBe(false);
  });

  test("goes on with the old client while the new credentials do not work yet", async () => {
    let refused = 3;
    const { client, clock, backend, told } = await rotating({
      open: ({ secret, generation }) => {
        if (generation === 2 && refused-- > 0) throw new Error("no such role");
        const { username } = secret.json() as { readonly username: string };
        return { username, retired: 0, closed: "no" };
      },
    });
    await client.use(() => undefined);
    await clock.advance(36_000);
    expect(await client.use(({ username }) => username)).toBe("creds/1");
    expect(backend.isValid("creds/1")).toBe(true);
    await clock.advance(10_000);
    expect(await client.use(({ username }) => username)).toBe("creds/2");
    expect(backend.isValid("creds/1")).toBe(false);
    expect(told.filter(({ type }) => type === "open-failed")).toHaveLength(3);
  });

  test("fails uses, and keeps no ended client, when the new credentials never work", async () => {
    const { client, clock, clients, backend } = await rotating({
      open: ({ secret, generation }) => {
        if (generation > 1) throw new Error("no such role");
        const { username } = secret.json() as { readonly username: string };
        const opened: FakeClient = { username, retired: 0, closed: "no" };
        clients.push(opened);
        return opened;
      },
    });
    await client.use(() => undefined);
    await clock.advance(56_000);
    expect(clients[0]?.closed).toBe("gently");
    expect(backend.isValid("creds/1")).toBe(false);
    await expect(client.use(() => undefined)).rejects.toThrow("no such role");
  });

  test("a client that opens when its credentials were replaced already is closed, unused", async () => {
    const opens: ((client: FakeClient) => void)[] = [];
    const { client, clock, backend } = await rotating({
      open: () => new Promise((resolve) => opens.push(resolve)),
    });
    const using = client.use(({ username }) => username);
    await clock.advance(oneRotationMs);
    expect(backend.isValid("creds/1")).toBe(true);
    const late: FakeClient = { username: "late", retired: 0, closed: "no" };
    opens[0]?.(late);
    await flushMicrotasks();
    expect(late.closed).toBe("gently");
    expect(backend.isValid("creds/1")).toBe(false);
    opens[1]?.({ username: "in time", retired: 0, closed: "no" });
    await expect(using).resolves.toBe("in time");
  });

  test("does nothing where no client was ever wanted", async () => {
    const { clients, clock, backend } = await rotating();
    await clock.advance(oneRotationMs);
    expect(clients).toEqual([]);
    expect(backend.isValid("creds/1")).toBe(false);
  });
});

describe("while no credentials are to be had", () => {
  test("waits, uses no ended ones, and goes on with the next", async () => {
    let down = false;
    const { client, clock, clients } = await rotating(
      {},
      { renewable: false, fault: () => (down ? "fail" : "none") },
    );
    await client.use(() => undefined);
    down = true;
    await clock.advance(61_000);
    let result = "waiting";
    const using = client.use(({ username }) => (result = username));
    await clock.advance(10_000);
    expect(result).toBe("waiting");
    down = false;
    for (let second = 0; second < 120 && result === "waiting"; second += 1) {
      await clock.advance(1_000);
    }
    await using;
    expect(result).toBe(clients.at(-1)?.username);
    expect(clients).toHaveLength(2);
    expect(clients[0]?.closed).toBe("gently");
  });

  test("the wait ends with the caller's signal", async () => {
    let down = false;
    const { client, clock } = await rotating(
      {},
      { renewable: false, fault: () => (down ? "fail" : "none") },
    );
    down = true;
    await clock.advance(61_000);
    const controller = new AbortController();
    const using = client.use(() => undefined, { signal: controller.signal });
    await flushMicrotasks();
    controller.abort();
    await expect(using).rejects.toMatchObject({ code: "Aborted" });
  });
});

describe("close", () => {
  test("waits for uses, closes, and refuses what comes later", async () => {
    const { client, clients, clock } = await rotating();
    const use = await client.acquire();
    const closing = client.close();
    await flushMicrotasks();
    expect(clients[0]).toMatchObject({ retired: 1, closed: "no" });
    await expect(client.use(() => undefined)).rejects.toMatchObject({
      code: "Closed",
      reason: "client-closed",
    });
    use.release();
    await closing;
    expect(clients[0]?.closed).toBe("gently");
    expect(client.close()).toBe(client.close());
    await clock.advance(oneRotationMs);
    expect(clients).toHaveLength(1);
  });

  test("closes clients that are still in use when their time is over", async () => {
    const { client, clients, clock } = await rotating({ drainTimeoutMs: 5_000 });
    const { signal } = await client.acquire();
    await closeWithin(clock, client);
    expect(clients[0]?.closed).toBe("forced");
    expect(signal.aborted).toBe(true);
  });

  test("ends a wait for credentials, and what is opened meanwhile is closed", async () => {
    let open: (client: FakeClient) => void = () => undefined;
    const { client } = await rotating({ open: () => new Promise((resolve) => (open = resolve)) });
    const using = client.use(() => undefined);
    await flushMicrotasks();
    const closing = client.close();
    await expect(using).rejects.toMatchObject({ code: "Closed" });
    const late: FakeClient = { username: "late", retired: 0, closed: "no" };
    open(late);
    await closing;
    expect(late.closed).toBe("gently");
  });

  test("a client that cannot be closed holds up neither a rotation nor the end", async () => {
    const { client, clock, backend } = await rotating({
      close: () => {
        throw new Error("stuck");
      },
      retire: () => {
        throw new Error("stuck");
      },
    });
    await client.use(() => undefined);
    await clock.advance(oneRotationMs);
    expect(backend.isValid("creds/1")).toBe(false);
    await client.close();
  });
});

test("refuses a drain timeout that is no time", async () => {
  for (const drainTimeoutMs of [-1, Number.NaN, 2 ** 31]) {
    await expect(rotating({ drainTimeoutMs })).rejects.toMatchObject({
      code: "Config",
      reason: "bad-duration",
      field: "drainTimeoutMs",
    });
  }
});
