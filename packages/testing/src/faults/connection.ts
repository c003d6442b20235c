import { connect, type Socket } from "node:net";
import type { Clock } from "@kinko/core";
import { assertFault, type Direction, type Fault } from "./fault.js";
import { Line } from "./line.js";
import { resetSocket } from "./reset-socket.js";

/** One connection of a client through a {@link FaultProxy}. */
export interface FaultConnection {
  /** 1 for the first connection that the proxy accepted. */
  readonly id: number;
  /** False once the client's side has ended, or was ended by a fault. */
  readonly open: boolean;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
  /** Does this to this connection alone. `refuse` resets it. */
  set(fault: Fault): void;
}

/** What a connection tells its proxy. */
export interface ConnectionEvents {
  passed(connection: FaultConnection, direction: Direction, bytes: number): void;
  /** The client sent bytes, whether or not they pass. */
  received(bytes: number): void;
  /** Anything changed that somebody may wait for. */
  changed(): void;
  /** Both sockets are closed. */
  gone(connection: ProxiedConnection): void;
}

/** The two sockets of a connection, and a line each way between them. */
export class ProxiedConnection implements FaultConnection {
  readonly id: number;
  bytesToServer = 0;
  bytesToClient = 0;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #lines: Readonly<Record<Direction, Line>>;
  readonly #events: ConnectionEvents;
  #fault: Fault = { kind: "none" };
  #clientEnded = false;
  #over = false;
  /** Half open once is half open for good: nothing leads to the server any more. */
  #isHalfOpen = false;
  #openSockets = 2;

  constructor(options: {
    readonly id: number;
    readonly client: Socket;
    readonly target: { readonly host: string; readonly port: number };
    readonly clock: Clock;
    readonly events: ConnectionEvents;
  }) {
    const { client, clock } = options;
    this.id = options.id;
    this.#client = client;
    this.#events = options.events;
    const server = connect({ ...options.target, allowHalfOpen: true, noDelay: true });
    this.#server = server;
    this.#lines = {
      "to-server": this.#line(client, server, clock, "to-server"),
      "to-client": this.#line(server, client, clock, "to-client"),
    };
    client.on("data", (bytes: Buffer) => this.#events.received(bytes.length));
    client.once("end", () => this.#endOfClient());
    for (const socket of [client, server]) {
      // A target that refuses, or a side that resets: the other side is to see the same.
      socket.on("error", () => this.#end("reset"));
      socket.once("close", () => this.#closed(socket));
    }
  }

  get open(): boolean {
    return !this.#clientEnded && !this.#over;
  }

  set(fault: Fault): void {
    assertFault(fault);
    if (this.#over) return;
    this.#fault = fault;
    if (fault.kind === "cut" || fault.kind === "reset" || fault.kind === "half-open") {
      this.#end(fault.kind);
    } else if (fault.kind === "refuse") {
      this.#end("reset");
    } else {
      for (const direction of ["to-server", "to-client"] as const) {
        const limited = fault.kind === "limit" && (fault.direction ?? "to-client") === direction;
        this.#lines[direction].set(fault, limited ? fault.bytes : undefined);
      }
    }
  }

  /** Ends both sides at once. */
  destroy(): void {
    this.#over = true;
    for (const line of Object.values(this.#lines)) line.close();
    this.#client.destroy();
    this.#server.destroy();
  }

  #line(source: Socket, sink: Socket, clock: Clock, direction: Direction): Line {
    return new Line(source, sink, clock, {
      passed: (bytes) => {
        if (direction === "to-server") this.bytesToServer += bytes;
        else this.bytesToClient += bytes;
        this.#events.passed(this, direction, bytes);
      },
      exhausted: () => {
        const ending = this.#fault.kind === "limit" ? this.#fault.ending : undefined;
        this.set({ kind: ending ?? "cut" });
      },
    });
  }

  #end(how: "cut" | "reset" | "half-open"): void {
    if (this.#over) return;
    this.#over = how !== "half-open";
    for (const line of Object.values(this.#lines)) line.close();
    if (how === "cut") {
      // Not destroyed: closing a socket with unread bytes would reset it.
      this.#client.end();
      this.#server.end();
    } else if (how === "reset") {
      resetSocket(this.#client);
      resetSocket(this.#server);
    } else {
      this.#isHalfOpen = true;
      this.#server.destroy();
    }
    this.#events.changed();
  }

  #endOfClient(): void {
    this.#clientEnded = true;
    // What a client sent before it gave up must not reach the server long after.
    if (this.#over || this.#isHalfOpen || this.#fault.kind === "stall") {
      this.destroy();
    }
    this.#events.changed();
  }

  #closed(socket: Socket): void {
    this.#openSockets -= 1;
    if (socket === this.#client) {
      this.#clientEnded = true;
      // A client that is gone altogether wants no answer any more.
      this.#server.destroy();
    }
    if (this.#openSockets === 0) this.#events.gone(this);
    this.#events.changed();
  }
}
