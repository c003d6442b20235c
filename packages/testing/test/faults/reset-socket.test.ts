import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { resetSocket } from "../../src/faults/reset-socket.js";

async function connectedPair(): Promise<{ readonly own: Socket; readonly other: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const other = connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    allowHalfOpen: true,
  });
  onTestFinished(() => void other.destroy());
  const [own] = (await once(server, "connection")) as [Socket];
  if (other.connecting) await once(other, "connect");
  return { own, other };
}

test("the other side sees a reset", async () => {
  const { own, other } = await connectedPair();
  const failed = once(other, "error");
  const closed = once(own, "close");
  resetSocket(own);
  expect(await failed).toMatchObject([{ code: "ECONNRESET" }]);
  await closed;
});

test("a socket that is just ending its side is closed as well", async () => {
  const { own } = await connectedPair();
  const closed = once(own, "close");
  own.end();
  resetSocket(own);
  expect(await closed).toEqual([false]);
});

test("one that is still connecting never comes to be", async () => {
  const socket = connect({ port: 9, host: "127.0.0.1" });
  const closed = once(socket, "close");
  resetSocket(socket);
  await closed;
  expect(socket.destroyed).toBe(true);
});
