import { once } from "node:events";
import { randomInt } from "node:crypto";
import type { AddressInfo, Server } from "node:net";

/** Where a proxy listens, and the only machine that it connects to. */
export const loopbackHost = "127.0.0.1";

/** Below the ports that systems give to outgoing connections (Linux: from 32,768). */
const ownPorts = { first: 20_000, end: 32_000 } as const;
const attempts = 100;

/** The server behind a proxy. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** `https://`, or nothing when the target was given without. */
  readonly scheme: string;
}

const defaultPorts: Readonly<Record<string, number>> = { "http://": 80, "https://": 443 };

/**
 * Reads `host:port`, or an address with a scheme.
 * @throws TypeError for anything else, and for a host that is not this machine's loopback
 */
export function parseTarget(text: string): Target {
  const match =
    /^(?<scheme>[a-z][a-z0-9+.-]*:\/\/)?(?<host>\[::1\]|localhost|127(?:\.\d{1,3}){3})(?::(?<port>\d{1,5}))?\/?$/u.exec(
      text,
    );
  const { scheme = "", host = "", port: digits } = match?.groups ?? {};
  const port = digits === undefined ? (defaultPorts[scheme] ?? 0) : Number(digits);
  if (match === null || port < 1 || port > 65_535) {
    throw new TypeError(
      "The target of a fault proxy is a server on this machine, such as 127.0.0.1:8200 or https://127.0.0.1:8200.",
    );
  }
  return { scheme, host: host === "[::1]" ? "::1" : host, port };
}

/**
 * Listens on `port`, or on a free one when that is 0. A port that the system gave would be given to
 * somebody else while connections are refused, so the proxy takes one from below those.
 */
export async function listenOnOwnPort(server: Server, port: number): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const wanted = port === 0 ? randomInt(ownPorts.first, ownPorts.end) : port;
    server.listen(wanted, loopbackHost);
    try {
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!taken || port !== 0 || attempt === attempts) throw error;
    }
  }
}
