import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server that answers as a test says, for what a real Vault cannot be made to do. */
export interface CannedServer {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** Every request so far. */
  readonly requests: readonly IncomingMessage[];
  /** Connections that were opened so far. */
  readonly connections: () => number;
  /** From then on nothing listens there. */
  readonly stop: () => Promise<void>;
}

/** Starts one for the calling test. */
export async function startCanned(answer: RequestListener): Promise<CannedServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server: Server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    answer(request, response);
  });
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(() => void stop());
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, requests, connections: () => connections, stop };
}

/** Answers JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** What Vault answers to a read of KV v2. */
export function kv2Body(map: Readonly<Record<string, unknown>>, version = 1): unknown {
  return {
    request_id: "0b7c3a52-9d5c-4f6e-a9a5-1f2a0c9a1f11",
    data: {
      data: map,
      metadata: {
        created_time: "2026-01-02T03:04:05.678901234Z",
        custom_metadata: null,
        deletion_time: "",
        destroyed: false,
        version,
      },
    },
  };
}

/** A promise that a callback resolves. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
