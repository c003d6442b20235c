import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createRotatingPool } from "../src/index.js";
import { FakeHandle } from "./fake-handle.js";

test("end does not wait for a login that is being opened on a server that never answers", async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  // By itself the opening would fail in an hour.
  const pool = createRotatingPool({
    handle: new FakeHandle(),
    pool: { host: "127.0.0.1", port, database: "shop", connectionTimeoutMillis: 3_600_000 },
  });
  const connected = once(server, "connection");
  const querying = pool.query("SELECT 1").catch((error: unknown) => error);
  await connected;
  await pool.end();
  expect(await querying).toMatchObject({ code: "Closed", reason: "pool-ended" });
  expect([pool.ended, pool.totalCount]).toEqual([true, 0]);
});
