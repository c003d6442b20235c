import { vaultError } from "../errors/vault-error.js";
import {
  exchange,
  StaleConnectionError,
  type HttpRequest,
  type HttpResponse,
  type Wire,
} from "./exchange.js";
import { standbyOrigin } from "./redirect.js";
import type { TlsMaterial } from "./tls.js";

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
      // The server ended an idle connection just as it was used: a read changes nothing, even twice.
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
