import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from "node:http";
import { readBody } from "./read-body.js";

/** One request, as it goes out. */
export interface HttpRequest {
  readonly method: string;
  /** Encoded path with its query, from the first slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** True: something is made by it, even by a GET, so it is never sent a second time by itself. */
  readonly once?: boolean | undefined;
  /** Ends the request, also while the body is read. The deadline of the whole call is in it. */
  readonly signal: AbortSignal;
}

/** One answer, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Connections, and how a request is made on them. */
export interface Wire {
  readonly agent: Agent;
  readonly request: (
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ) => ClientRequest;
}

/** A kept connection that turned out to be closed, for a request that may be sent again. */
export class StaleConnectionError extends Error {
  readonly code = "ECONNRESET";
}

/**
 * Sends one request and reads its answer.
 * @throws StaleConnectionError, errors of Node's client, or the signal's reason as soon as it aborts
 */
export function exchange(wire: Wire, origin: URL, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { signal, body } = request;
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const finish = (): void => signal.removeEventListener("abort", onAbort);
    const fail = (error: Error): void => {
      finish();
      reject(error);
    };
    const headers: Record<string, string> = { ...request.headers };
    const bytes = body === undefined ? undefined : ownBytes(body);
    if (bytes !== undefined) headers["Content-Length"] = String(bytes.byteLength);
    const outgoing = wire.request(
      {
        agent: wire.agent,
        protocol: origin.protocol,
        host: hostName(origin),
        port: origin.port === "" ? undefined : Number(origin.port),
        method: request.method,
        path: request.path,
        headers,
      },
      (incoming) => {
        readBody(incoming).then(
          (text) => {
            finish();
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
          },
          (error: Error) => {
            outgoing.destroy();
            fail(error);
          },
        );
      },
    );
    const onAbort = (): void => {
      fail(signal.reason as Error);
      outgoing.destroy();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const cut = error.code === "ECONNRESET" || error.code === "EPIPE";
      const repeatable = request.method === "GET" && request.once !== true;
      const stale = cut && outgoing.reusedSocket && repeatable;
      fail(stale && !signal.aborted ? new StaleConnectionError("stale connection") : error);
    });
    // Sent or not: nobody reads them any more.
    outgoing.once("close", () => bytes?.fill(0));
    outgoing.end(bytes);
  });
}

/**
 * The body in a buffer of its own, outside Node's shared pool: it can be erased, and a stream takes it
 * as it is, where of a string it makes room for three times its length.
 */
function ownBytes(body: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(body));
  bytes.write(body);
  return bytes;
}

/** A URL keeps the brackets of an IPv6 address, a socket does not want them. */
function hostName(origin: URL): string {
  return origin.hostname.replace(/^\[(.*)\]$/u, "$1");
}
