import { describe, expect, it } from "vitest";
import { FakeClock } from "../../src/clock/fake-clock.js";
import { startFaultProxy, type PassedBytes } from "../../src/faults/index.js";
import { connectedClient, startEcho, startProxy, TestClient } from "./support.js";

describe("a fault proxy without a fault", () => {
  it("passes bytes both ways and the end of either side", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    client.socket.end(" and bye");
    expect(await client.ending).toBe("end");
    expect(client.received).toBe("hello and bye");
    await proxy.waitFor(({ open }) => open === 0);
  });

  it("counts connections and bytes, and tells of each passing without the bytes", async () => {
    const echo = await startEcho();
    const passed: PassedBytes[] = [];
    const proxy = await startProxy(echo.target, { onPassed: (bytes) => void passed.push(bytes) });
    await connectedClient(proxy);
    await connectedClient(proxy);
    expect(proxy.stats).toEqual({
      accepted: 2,
      open: 2,
      receivedFromClients: 10,
      bytesToServer: 10,
      bytesToClient: 10,
    });
    expect(proxy.connections.map(({ id, bytesToClient }) => [id, bytesToClient])).toEqual([
      [1, 5],
      [2, 5],
    ]);
    expect(
      passed.map(({ connection, direction, bytes }) => [connection.id, direction, bytes]),
    ).toEqual([
      [1, "to-server", 5],
      [1, "to-client", 5],
      [2, "to-server", 5],
      [2, "to-client", 5],
    ]);
  });

  it("passes more than any buffer holds, byte for byte", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = new TestClient(proxy);
    const text = "0123456789abcdef".repeat(512 * 1024);
    client.socket.end(text);
    expect(await client.ending).toBe("end");
    expect(client.received.length).toBe(text.length);
    expect(client.received === text).toBe(true);
  });

  it("keeps the scheme of its target in its address", async () => {
    const proxy = await startProxy("https://127.0.0.1:9");
    expect(proxy.address).toBe(`https://127.0.0.1:${proxy.port}`);
  });

  it.each([
    "10.0.0.1:80",
    "vault.example.com:8200",
    "127.0.0.1",
    "127.0.0.1:0",
    "http://a@127.0.0.1:80",
    "",
  ])("refuses %j as target before it listens", async (target) => {
    await expect(startFaultProxy({ target })).rejects.toThrow(TypeError);
  });

  it("resets the client when nothing listens at the target", async () => {
    const free = await startProxy("127.0.0.1:9");
    const target = free.address;
    await free.close();
    const proxy = await startProxy(target);
    const client = new TestClient(proxy);
    expect(await client.ending).toBe("ECONNRESET");
  });
});

describe("each fault", () => {
  it("cut: both sides see the end of the connection, new ones at once", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "cut" });
    expect(await client.ending).toBe("end");
    expect(await new TestClient(proxy).ending).toBe("end");
    expect(echo.received()).toBe("hello");
  });

  it("reset: both sides see a reset, new connections as well", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    const server = new Promise<string | undefined>((resolve) => {
      echo.sockets[0]?.once("error", (error) => resolve((error as NodeJS.ErrnoException).code));
    });
    await proxy.set({ kind: "reset" });
    expect(await client.ending).toBe("ECONNRESET");
    expect(await server).toBe("ECONNRESET");
    expect(await new TestClient(proxy).ending).toBe("ECONNRESET");
  });

  it("stall: nothing passes, and everything passes once it is over", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "stall" });
    client.send(" late");
    const other = new TestClient(proxy);
    other.send("other");
    await proxy.waitFor(({ accepted }) => accepted === 2);
    expect(proxy.stats.bytesToServer).toBe(5);
    await proxy.clear();
    await client.receives("hello late");
    await other.receives("other");
    expect(client.ended).toBe(false);
  });

  it("stall: what a client sent before it gave up never reaches the server", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "stall" });
    client.send(" late");
    client.socket.end();
    await proxy.waitFor(({ open }) => open === 0);
    await proxy.clear();
    await connectedClient(proxy);
    expect(echo.received()).toBe("hellohello");
  });

  it("half-open: the server is gone, the client is not told, then or later", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    const closed = new Promise((resolve) => echo.sockets[0]?.once("close", resolve));
    await proxy.set({ kind: "half-open" });
    await closed;
    client.send("lost");
    await proxy.clear();
    await connectedClient(proxy);
    expect(client.ended).toBe(false);
    expect(client.received).toBe("hello");
    expect(proxy.stats.open).toBe(2);
    expect(echo.received()).toBe("hellohello");
  });

  it("half-open: the connection goes when the client does, also after the fault was cleared", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "half-open" });
    await proxy.clear();
    client.socket.end();
    expect(["end", "close", "reset"]).toContain(await client.ending);
    await proxy.waitFor(({ open }) => open === 0);
    expect(proxy.connections).toEqual([]);
  });

  it("slow: bytes pass after the latency of each way, and not before", async () => {
    const echo = await startEcho();
    const clock = new FakeClock();
    const proxy = await startProxy(echo.target, { clock });
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "slow", latencyMs: 40 });
    client.send("!");
    await waitForTimer(clock);
    await clock.advance(39);
    expect(proxy.stats.bytesToServer).toBe(5);
    await clock.advance(1);
    expect(proxy.stats.bytesToServer).toBe(6);
    await waitForTimer(clock);
    expect(proxy.stats.bytesToClient).toBe(5);
    await clock.advance(40);
    await client.receives("hello!");
  });

  it("slow: no more bytes pass than its rate allows", async () => {
    const echo = await startEcho();
    const clock = new FakeClock();
    const proxy = await startProxy(echo.target, { clock });
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "slow", bytesPerSecond: 100 });
    client.send("x".repeat(50));
    await waitForTimer(clock);
    await clock.advance(250);
    expect(proxy.stats.bytesToServer).toBe(5 + 25);
    await clock.advance(250);
    expect(proxy.stats.bytesToServer).toBe(5 + 50);
  });

  it("limit: so many bytes of the answer pass, then the connection is cut", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "limit", bytes: 3 });
    client.send("0123456789");
    expect(await client.ending).toBe("end");
    expect(client.received).toBe("hello012");
  });

  it("limit: counts each connection by itself, and what is sent when told to", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    await proxy.set({ kind: "limit", bytes: 4, direction: "to-server", ending: "reset" });
    for (const text of ["abcdefgh", "ijklmnop"]) {
      const client = new TestClient(proxy);
      client.send(text);
      expect(await client.ending).toBe("ECONNRESET");
    }
    expect(proxy.stats.bytesToServer).toBe(8);
  });

  it("limit: a connection that uses it up exactly goes on", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    await proxy.set({ kind: "limit", bytes: 5 });
    const client = await connectedClient(proxy);
    expect(client.ended).toBe(false);
    await proxy.clear();
    client.send(" again");
    await client.receives("hello again");
  });

  it("refuse: nothing listens, open connections are reset, and the port is the same after", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const { port } = proxy;
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "refuse" });
    expect(await client.ending).toBe("ECONNRESET");
    expect(await new TestClient(proxy).ending).toBe("ECONNREFUSED");
    await proxy.clear();
    expect(proxy.port).toBe(port);
    await connectedClient(proxy);
  });

  it.each([
    { kind: "limit", bytes: -1 },
    { kind: "slow", bytesPerSecond: 0 },
    { kind: "slow", latencyMs: 0.5 },
  ] as const)("$kind with a bad figure is refused, and nothing changes", async (fault) => {
    const proxy = await startProxy("127.0.0.1:9");
    await expect(proxy.set(fault)).rejects.toThrow(RangeError);
    expect(proxy.fault).toEqual({ kind: "none" });
  });
});

describe("the scope of a fault", () => {
  it("spares open connections when only new ones are meant", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const client = await connectedClient(proxy);
    await proxy.set({ kind: "refuse" }, { connections: "new" });
    expect(await new TestClient(proxy).ending).toBe("ECONNREFUSED");
    client.send(" still");
    await client.receives("hello still");
  });

  it("is one connection when it is set there", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const [first, second] = [await connectedClient(proxy), await connectedClient(proxy)];
    proxy.connections[0]?.set({ kind: "cut" });
    expect(await first.ending).toBe("end");
    second.send(" still");
    await second.receives("hello still");
  });

  it("follows the order in which faults were set, without waiting for one another", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const turns = [proxy.set({ kind: "refuse" }), proxy.clear(), proxy.set({ kind: "refuse" })];
    await Promise.all([...turns, proxy.clear()]);
    await connectedClient(proxy);
  });
});

describe("closing a fault proxy", () => {
  it("ends connections in every state, and refuses later ones", async () => {
    const echo = await startEcho();
    const proxy = await startProxy(echo.target);
    const clients = [await connectedClient(proxy), await connectedClient(proxy)];
    proxy.connections[0]?.set({ kind: "stall" });
    proxy.connections[1]?.set({ kind: "half-open" });
    await Promise.all([proxy.close(), proxy.close()]);
    await Promise.all(clients.map(({ ending }) => ending));
    expect(proxy.connections).toEqual([]);
    expect(await new TestClient(proxy).ending).toBe("ECONNREFUSED");
    await expect(proxy.clear()).rejects.toThrow(/closed/u);
  });
});

/** The bytes are on their way through real sockets; the clock stands still meanwhile. */
async function waitForTimer(clock: FakeClock): Promise<void> {
  while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
}
