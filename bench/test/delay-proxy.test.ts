import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startDelayProxy } from "../lib/delay-proxy.mjs";

const delayMs = 10;

/** A server that sends back what it gets, and ends when the client ends. */
async function echoServer(): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.pipe(socket);
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test("takes the delay each way, and keeps everything in order until the end", async () => {
  const seen: string[] = [];
  const proxy = await startDelayProxy({
    port: await echoServer(),
    delayMs,
    onRequest: (chunk) => void seen.push(chunk.toString()),
  });
  onTestFinished(() => proxy.close());
  const socket = connect(proxy.port, "127.0.0.1");
  await once(socket, "connect");
  const startMs = performance.now();
  const sent = Array.from({ length: 50 }, (_, index) => `line ${index}\n`);
  let received = "";
  let firstMs = 0;
  socket.setEncoding("utf8").on("data", (text: string) => {
    if (received === "") firstMs = performance.now() - startMs;
    received += text;
  });
  for (const line of sent) socket.write(line);
  socket.end();
  await once(socket, "end");
  expect(received).toBe(sent.join(""));
  expect(seen.join("")).toBe(sent.join(""));
  // A timer of Node may fire up to a millisecond early.
  expect(firstMs).toBeGreaterThanOrEqual(2 * (delayMs - 1));
});

test("ends a connection when the server is not there", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const proxy = await startDelayProxy({ port, delayMs });
  onTestFinished(() => proxy.close());
  const socket = connect(proxy.port, "127.0.0.1");
  await once(socket, "close");
  expect(socket.destroyed).toBe(true);
});
