import type { SecretErrorCode } from "@kinko/core";
import type { Fault } from "../../faults/fault.js";

/** What the call takes when nothing fails, in bytes. */
export interface MeasuredCall {
  readonly toServer: number;
  readonly toClient: number;
}

/** One way in which the network fails. */
export interface FaultCase {
  readonly title: string;
  readonly fault: (measured: MeasuredCall) => Fault;
  /**
   * `fails`: with one of `codes`. `times-out`: only when the deadline comes, and then at once.
   * `succeeds`: as if nothing were. `either`: the call fails with one of `codes`, or what it
   * resolves to is complete.
   */
  readonly outcome: "fails" | "times-out" | "succeeds" | "either";
  readonly codes: readonly SecretErrorCode[];
}

const lost = ["Unavailable"] as const;
/** Half an answer may be told from a lost connection, or not. */
const truncated = ["Unavailable", "Corrupt"] as const;
const late = ["Timeout"] as const;

const half = (bytes: number): number => Math.max(1, Math.floor(bytes / 2));

const endings = {
  cut: "the connection is cut",
  reset: "the connection is reset",
} as const;

/** Every kind of fault, at the moments at which it matters. */
export const faultCases: readonly FaultCase[] = [
  { title: "nothing listens", fault: () => ({ kind: "refuse" }), outcome: "fails", codes: lost },
  {
    title: "every connection is reset",
    fault: () => ({ kind: "reset" }),
    outcome: "fails",
    codes: lost,
  },
  {
    title: "every connection is cut",
    fault: () => ({ kind: "cut" }),
    outcome: "fails",
    codes: lost,
  },
  { title: "nothing passes", fault: () => ({ kind: "stall" }), outcome: "times-out", codes: late },
  {
    title: "the server is gone and nobody says so",
    fault: () => ({ kind: "half-open" }),
    outcome: "times-out",
    codes: late,
  },
  {
    title: "20 bytes pass a second",
    fault: () => ({ kind: "slow", bytesPerSecond: 20 }),
    outcome: "times-out",
    codes: late,
  },
  {
    title: "the line is long",
    fault: () => ({ kind: "slow", latencyMs: 5 }),
    outcome: "succeeds",
    codes: [],
  },
  {
    title: "the answer is cut at its first byte",
    fault: () => ({ kind: "limit", bytes: 0 }),
    outcome: "fails",
    codes: lost,
  },
  {
    title: "the connection is reset after the first byte of the answer",
    fault: () => ({ kind: "limit", bytes: 1, ending: "reset" }),
    outcome: "fails",
    codes: truncated,
  },
  ...(["cut", "reset"] as const).map((ending) => ({
    title: `half of the answer arrives, then ${endings[ending]}`,
    fault: ({ toClient }: MeasuredCall): Fault => ({
      kind: "limit",
      bytes: half(toClient),
      ending,
    }),
    outcome: "either" as const,
    codes: truncated,
  })),
  {
    title: "one byte of the answer arrives, and then nothing",
    fault: () => ({ kind: "limit", bytes: 1, ending: "stall" }),
    outcome: "times-out",
    codes: late,
  },
  {
    title: "all of the answer but its last byte arrives, then the connection is cut",
    fault: ({ toClient }) => ({ kind: "limit", bytes: Math.max(1, toClient - 1) }),
    outcome: "either",
    codes: truncated,
  },
  {
    title: "half of the request is sent, then the connection is reset",
    fault: ({ toServer }) => ({
      kind: "limit",
      bytes: half(toServer),
      direction: "to-server",
      ending: "reset",
    }),
    outcome: "either",
    codes: lost,
  },
];
