import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { invalidArgument, ServiceFault } from "./failure.js";
import { asMessage, type Message } from "./model.js";
import { matchRoute } from "./routes.js";
import type { FaultAction } from "./faults.js";
import type { Outcome, SecretManagerService } from "./service.js";
import { withNumericEnums } from "./wire.js";

/** Beyond the largest request that the real service takes by far. */
const maxBodyBytes = 4 * 1024 * 1024;

/** Starts the REST side on 127.0.0.1; resolves with its port and how to end it. */
export async function startRest(
  service: SecretManagerService,
  {
    port,
    tls,
  }: {
    readonly port: number;
    readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  },
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(service, request, response).catch(() => request.socket.destroy());
  };
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function serve(
  service: SecretManagerService,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://localhost");
  const outcome = await answer(service, incoming, { pathname, searchParams, body });
  const alt = searchParams.get("$alt") ?? searchParams.get("alt") ?? "";
  const show = (message: Message): string =>
    JSON.stringify(
      alt.includes("enum-encoding=int") ? withNumericEnums(message) : message,
      undefined,
      2,
    );
  switch (outcome.type) {
    case "answer":
      return send(response, 200, show(outcome.message));
    case "fault":
      return send(response, outcome.fault.httpStatus, JSON.stringify(outcome.fault));
    case "broken":
      return breakAnswer(incoming, response, outcome.action, show(outcome.message ?? {}));
  }
}

async function answer(
  service: SecretManagerService,
  incoming: IncomingMessage,
  {
    pathname,
    searchParams,
    body,
  }: {
    readonly pathname: string;
    readonly searchParams: URLSearchParams;
    readonly body: string;
  },
): Promise<Outcome> {
  const route = matchRoute(incoming.method ?? "GET", pathname);
  if (route === undefined) {
    return {
      type: "fault",
      fault: new ServiceFault("NOT_FOUND", "The requested URL was not found."),
    };
  }
  let request: Message;
  try {
    request = route.toRequest(searchParams, parseBody(body));
  } catch (error) {
    if (error instanceof ServiceFault) return { type: "fault", fault: error };
    throw error;
  }
  const { authorization } = incoming.headers;
  return service.serve(route.method, request, { transport: "rest", authorization });
}

function parseBody(body: string): Message {
  if (body === "") return {};
  try {
    return asMessage(JSON.parse(body));
  } catch {
    throw invalidArgument("Invalid JSON payload received.");
  }
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error("The request body is too long.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      "content-type": "application/json; charset=UTF-8",
      "content-length": Buffer.byteLength(text),
      "cache-control": "private",
    })
    .end(text);
}

function breakAnswer(
  incoming: IncomingMessage,
  response: ServerResponse,
  action: FaultAction,
  text: string,
): void {
  if (action.type === "html") {
    const page = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>";
    response.writeHead(action.status, { "content-type": "text/html; charset=utf-8" }).end(page);
  } else if (action.type === "truncated-json") {
    send(response, 200, text.slice(0, Math.ceil(text.length / 2)));
  } else {
    incoming.socket.destroy();
  }
}
