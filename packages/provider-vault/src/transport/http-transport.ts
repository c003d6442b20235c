import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from "node:http";
import { vaultError } from "../errors/vault-error.js";
import { readBody } from "./read-body.js";
import { standbyOrigin } from "./redirect.js";
import type { TlsMaterial } from "./tls.js";

/** One request, as it goes out. */
export interface HttpRequest {
  readonly method: string;
  /** Encoded path with its query, from the first slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Ends the request, also while the body is read. The deadline of the whole call is in it. */
  readonly signal: AbortSignal;
}

/** One answer, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends requests to one server. */
export interface HttpTransport {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Ends all connections. */
  close(): void;
}

export interface HttpTransportOptions {
  /** Scheme, host and port. */
  readonly origin: URL;
  /** Asked once, before the first connection. Only for https. */
  readonly tls: () => Promise<TlsMaterial>;
}

/** Connections to one server; more requests than that wait for one. */
const maxSockets = 64;
/** Connections that stay open between requests. */
const maxFreeSockets = 16;
/** Idle connections end before Vault's own limit (`http_idle_timeout`, 5 minutes) cuts them. */
const idleTimeoutMs = 60_000;

interface Wire {
  readonly agent: Agent;
  readonly request: (
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ) => ClientRequest;
}

/**
 * HTTP/1.1 over node's own client with connections that stay open. Why not the transport of
 * node-vault, a pool of undici or fetch: see the measurements in the README.
 *
 * Proxies are not used: an `HTTPS_PROXY` variable in the environment must not redirect secrets.
 */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const wires = new Map<string, Promise<Wire>>();
  let closed = false;

  const wireTo = (protocol: string): Promise<Wire> => {
    let wire = wires.get(protocol);
    if (wire === undefined) {
      wire = openWire(protocol, options.tls);
      wires.set(protocol, wire);
      // A file that cannot be read now may be there at the next call.
      wire.catch(() => wires.delete(protocol));
    }
    return wire;
  };

  const sendTo = async (origin: URL, request: HttpRequest): Promise<HttpResponse> => {
    const wire = await wireTo(origin.protocol);
    if (closed)
      throw vaultError("Closed", "The connection to Vault was closed.", {
        advice: "Open a new store.",
      });
    try {
      return await exchange(wire, origin, request);
    } catch (error) {
      // The server ended an idle connection just as it was used: for a read, nothing has happened.
      if (!(error instanceof StaleConnectionError) || closed) throw error;
      return exchange(wire, origin, request);
    }
  };

  return {
    async send(request) {
      const response = await sendTo(options.origin, request);
      const active = standbyOrigin(response, options.origin);
      if (active === undefined) return response;
      const second = await sendTo(active, request);
      if (standbyOrigin(second, active) === undefined) return second;
      throw vaultError(
        "Unavailable",
        "Vault redirects from one node to the next without an answer.",
        {
          reason: "redirect-loop",
          advice: "Check api_addr in the configuration of its nodes.",
        },
      );
    },
    close() {
      closed = true;
      for (const wire of wires.values())
        void wire.then(
          ({ agent }) => agent.destroy(),
          () => undefined,
        );
    },
  };
}

async function openWire(protocol: string, tls: () => Promise<TlsMaterial>): Promise<Wire> {
  const pool = {
    keepAlive: true,
    maxSockets,
    maxFreeSockets,
    timeout: idleTimeoutMs,
    scheduling: "lifo",
  } as const;
  if (protocol === "http:") {
    const http = await import("node:http");
    return { agent: new http.Agent(pool), request: http.request };
  }
  const material = await tls();
  const https = await import("node:https");
  // Said explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot switch it off.
  const agent = new https.Agent({ ...pool, ...material, rejectUnauthorized: true });
  return { agent, request: https.request };
}

/** A kept connection that turned out to be closed, for a request that may be sent again. */
class StaleConnectionError extends Error {}

function exchange(wire: Wire, origin: URL, request: HttpRequest): Promise<HttpResponse> {
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
    if (body !== undefined) headers["Content-Length"] = String(Buffer.byteLength(body));
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
          (error: unknown) => {
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
      const stale = cut && outgoing.reusedSocket && request.method === "GET";
      fail(stale && !signal.aborted ? new StaleConnectionError("stale connection") : error);
    });
    outgoing.end(body);
  });
}

/** A URL keeps the brackets of an IPv6 address, a socket does not want them. */
function hostName(origin: URL): string {
  return origin.hostname.replace(/^\[(.*)\]$/u, "$1");
}
