/** Which way bytes go through the proxy. */
export type Direction = "to-client" | "to-server";

/** What a {@link FaultProxy} does to its connections. */
export type Fault =
  /** Bytes pass at once, both ways. */
  | { readonly kind: "none" }
  /** Both sides see the other end its connection in order (FIN). */
  | { readonly kind: "cut" }
  /** Both sides see the connection reset (RST). */
  | { readonly kind: "reset" }
  /** Connections stay open and bytes are kept back; they pass once the fault is gone. */
  | { readonly kind: "stall" }
  /**
   * The server's side is gone and the client is not told: what it sends is acknowledged and lost.
   * Such a connection stays dead when the fault is gone, as behind a gateway that forgot it.
   */
  | { readonly kind: "half-open" }
  /** Bytes pass later (`latencyMs`, each way), and no faster than `bytesPerSecond`, each way. */
  | {
      readonly kind: "slow";
      /** Default 0. */
      readonly latencyMs?: number;
      /** Default: no limit. */
      readonly bytesPerSecond?: number;
    }
  /** So many bytes of each connection still pass, then comes `ending`. */
  | {
      readonly kind: "limit";
      /** From now on, of what goes in `direction`. */
      readonly bytes: number;
      /** Default `to-client`: answers are cut short. */
      readonly direction?: Direction;
      /** Default `cut`. */
      readonly ending?: "cut" | "reset" | "stall" | "half-open";
    }
  /** Nothing listens at the port, and open connections are reset. */
  | { readonly kind: "refuse" };

/** The word for a fault. */
export type FaultKind = Fault["kind"];

/**
 * Checks the figures of a fault.
 * @throws RangeError for a negative or fractional one
 */
export function assertFault(fault: Fault): void {
  if (fault.kind === "limit") assertWhole("bytes", fault.bytes, 0);
  if (fault.kind !== "slow") return;
  if (fault.latencyMs !== undefined) assertWhole("latencyMs", fault.latencyMs, 0);
  if (fault.bytesPerSecond !== undefined) assertWhole("bytesPerSecond", fault.bytesPerSecond, 1);
}

function assertWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} of a fault takes a whole number from ${least}.`);
}
