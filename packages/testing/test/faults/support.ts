import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import {
  startFaultProxy,
  type FaultProxy,
  type FaultProxyOptions,
} from "../../src/faults/index.js";

/** A server that the tests speak through a proxy to. */
export interface TestServer {
  readonly target: string;
  /** What it received, over all connections. */
  readonly received: () => string;
  readonly sockets: readonly Socket[];
}

/** A server that gives every byte back; closed after the test. */
export async function startEcho(): Promise<TestServer> {
  const sockets: Socket[] = [];
  const chunks: Buffer[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("data", (bytes) => chunks.push(bytes));
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    target: `127.0.0.1:${port}`,
    received: () => Buffer.concat(chunks).toString(),
    sockets,
  };
}

/** A proxy that is closed after the test. */
export async function startProxy(
  target: string,
  options: Omit<FaultProxyOptions, "target"> = {},
): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ target, ...options });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** How a connection ended, as its client saw it. */
export type Ending = "end" | "ECONNRESET" | "ECONNREFUSED";

/** A client that remembers what it received. */
export class TestClient {
  readonly socket: Socket;
  /** How the connection ended, once it has. */
  readonly ending: Promise<Ending>;
  #received = "";
  #ended = false;
  readonly #waiting = new Set<() => void>();

  constructor(proxy: FaultProxy) {
    this.socket = connect(proxy.port, proxy.host);
    onTestFinished(() => void this.socket.destroy());
    this.socket.on("data", (bytes) => {
      this.#received += bytes.toString();
      for (const look of this.#waiting) look();
    });
    this.ending = new Promise((resolve) => {
      const end = (how: Ending): void => {
        this.#ended = true;
        resolve(how);
      };
      this.socket.once("end", () => end("end"));
      this.socket.once("error", (error) => end((error as NodeJS.ErrnoException).code as Ending));
    });
  }

  get received(): string {
    return this.#received;
  }

  get ended(): boolean {
    return this.#ended;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Resolves once exactly this, or more, was received. */
  receives(text: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#received.startsWith(text)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** A client whose connection has carried a message there and back. */
export async function connectedClient(proxy: FaultProxy): Promise<TestClient> {
  const client = new TestClient(proxy);
  client.send("hello");
  await client.receives("hello");
  return client;
}
