import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * A TCP proxy on 127.0.0.1 that hands on every chunk of either direction later, in order, as a long
 * line would. It has no limit of bandwidth.
 *
 * @param {object} options
 * @param {number} options.port of the server on 127.0.0.1
 * @param {number} options.delayMs each way
 * @param {((chunk: Buffer) => void) | undefined} [options.onRequest] sees what a client sends
 * @returns {Promise<{ port: number, close(): Promise<void> }>}
 */
export async function startDelayProxy({ port, delayMs, onRequest }) {
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      const other = socket === client ? upstream : client;
      sockets.add(socket);
      socket.setNoDelay(true);
      // Timers of the same length fire in the order in which they were set.
      socket.on("data", (chunk) => {
        if (socket === client) onRequest?.(chunk);
        setTimeout(() => other.write(chunk), delayMs);
      });
      socket.on("end", () => setTimeout(() => other.end(), delayMs));
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    port: address.port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
