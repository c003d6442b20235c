import { createServer, type Server, type Socket } from "node:net";
import { systemClock, type Clock } from "@kinko/core";
import { ProxiedConnection, type FaultConnection } from "./connection.js";
import { assertFault, type Direction, type Fault } from "./fault.js";
import { listenOnOwnPort, loopbackHost, parseTarget } from "./loopback.js";

/** Bytes that passed through the proxy, as it saw them. */
export interface PassedBytes {
  readonly connection: FaultConnection;
  readonly direction: Direction;
  readonly bytes: number;
  /** On the proxy's monotonic clock. */
  readonly atMs: number;
}

/** What {@link startFaultProxy} needs. */
export interface FaultProxyOptions {
  /** The server, on this machine: `127.0.0.1:8200`, or an address such as `https://127.0.0.1:8200`. */
  readonly target: string;
  /** What slow lines are timed by. Default: this machine's. */
  readonly clock?: Clock | undefined;
  /** Told of everything that passes; never of the bytes themselves, which may be secrets. */
  readonly onPassed?: ((passed: PassedBytes) => void) | undefined;
}

/** What went through a proxy so far. */
export interface FaultProxyStats {
  /** Connections that were accepted, refused ones not counted: no one sees those. */
  readonly accepted: number;
  /** Connections whose client has not ended its side. */
  readonly open: number;
  /** What clients sent, whether or not it passed. */
  readonly receivedFromClients: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
}

/** Which connections a fault is done to. */
export interface FaultScope {
  /** `all` (default): open ones and those to come. `new`: only those to come. */
  readonly connections?: "all" | "new" | undefined;
}

/** A TCP proxy on 127.0.0.1 that fails as it is told. */
export interface FaultProxy {
  readonly host: string;
  /** Stays the same, also while connections are refused. */
  readonly port: number;
  /** The target's address with the proxy's host and port: `https://127.0.0.1:40123`. */
  readonly address: string;
  readonly stats: FaultProxyStats;
  /** Every connection that is not closed on both sides. */
  readonly connections: readonly FaultConnection[];
  /** The fault for connections to come. */
  readonly fault: Fault;
  /**
   * Fails in this way from now on. It resolves when that is so.
   * @throws RangeError for a fault with a negative figure, Error once the proxy is closed
   */
  set(fault: Fault, scope?: FaultScope): Promise<void>;
  /** The same as setting `none`: what was kept back passes. */
  clear(): Promise<void>;
  /** Resolves once `isSo` is true of the figures, which is asked whenever they change. */
  waitFor(isSo: (stats: FaultProxyStats) => boolean): Promise<void>;
  /** Ends every connection and stops listening. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a proxy in front of a server on this machine.
 *
 * @throws TypeError for a target that is not on this machine: a proxy that anybody could aim
 * elsewhere would carry secrets there
 *
 * @example
 * const proxy = await startFaultProxy({ target: "http://127.0.0.1:8200" });
 * const store = await openStore({ config: { provider: "vault", options: { address: proxy.address } } });
 * await proxy.set({ kind: "reset" });
 * await store.get("app/db"); // throws UnavailableError
 * await proxy.clear();
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(options);
  await proxy.start();
  return proxy;
}

class TcpFaultProxy implements FaultProxy {
  readonly host = loopbackHost;
  readonly #target: ReturnType<typeof parseTarget>;
  readonly #clock: Clock;
  readonly #onPassed: FaultProxyOptions["onPassed"];
  readonly #connections = new Set<ProxiedConnection>();
  readonly #waiting = new Set<() => void>();
  #server: Server | undefined;
  #port = 0;
  #fault: Fault = { kind: "none" };
  #accepted = 0;
  #receivedFromClients = 0;
  #bytesToServer = 0;
  #bytesToClient = 0;
  #closed = false;
  /** Listening and not listening take turns, in the order in which they were asked for. */
  #turn: Promise<void> = Promise.resolve();

  constructor({ target, clock, onPassed }: FaultProxyOptions) {
    this.#target = parseTarget(target);
    this.#clock = clock ?? systemClock;
    this.#onPassed = onPassed;
  }

  get port(): number {
    return this.#port;
  }

  get address(): string {
    return `${this.#target.scheme}${this.host}:${this.#port}`;
  }

  get fault(): Fault {
    return this.#fault;
  }

  get connections(): readonly FaultConnection[] {
    return [...this.#connections];
  }

  get stats(): FaultProxyStats {
    let open = 0;
    for (const connection of this.#connections) if (connection.open) open += 1;
    return {
      accepted: this.#accepted,
      open,
      receivedFromClients: this.#receivedFromClients,
      bytesToServer: this.#bytesToServer,
      bytesToClient: this.#bytesToClient,
    };
  }

  async start(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    );
    this.#port = await listenOnOwnPort(server, this.#port);
    this.#server = server;
  }

  set(fault: Fault, scope: FaultScope = {}): Promise<void> {
    const turn = this.#turn.then(() => this.#set(fault, scope));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  clear(): Promise<void> {
    return this.set({ kind: "none" });
  }

  waitFor(isSo: (stats: FaultProxyStats) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSo(this.stats)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    this.#stopListening();
    for (const connection of this.#connections) connection.destroy();
    await this.waitFor(() => this.#connections.size === 0);
  }

  async #set(fault: Fault, scope: FaultScope): Promise<void> {
    assertFault(fault);
    if (this.#closed) throw new Error("This fault proxy was closed. Start another one.");
    this.#fault = fault;
    if (fault.kind === "refuse") this.#stopListening();
    else if (this.#server === undefined) await this.start();
    if (scope.connections === "new") return;
    for (const connection of this.#connections) connection.set(fault);
  }

  #stopListening(): void {
    // Its port is free at once; connections that it accepted live on.
    this.#server?.close();
    this.#server = undefined;
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const connection = new ProxiedConnection({
      id: this.#accepted,
      client,
      target: this.#target,
      clock: this.#clock,
      events: {
        passed: (from, direction, bytes) => {
          if (direction === "to-server") this.#bytesToServer += bytes;
          else this.#bytesToClient += bytes;
          this.#onPassed?.({
            connection: from,
            direction,
            bytes,
            atMs: this.#clock.monotonicMs(),
          });
          this.#changed();
        },
        received: (bytes) => {
          this.#receivedFromClients += bytes;
          this.#changed();
        },
        changed: () => this.#changed(),
        gone: (gone) => void this.#connections.delete(gone),
      },
    });
    this.#connections.add(connection);
    if (this.#closed) connection.destroy();
    else if (this.#fault.kind !== "none") connection.set(this.#fault);
    this.#changed();
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}
