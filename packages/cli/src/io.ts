import { systemClock } from "@kinko/core";
import type { Readable, Writable } from "node:stream";
import { standardOutput } from "./output/standard-output.js";

/** Where a command reads from. */
export type CliInput = Readable & { readonly isTTY?: boolean | undefined };

/** Where a command writes to. */
export type CliOutput = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

/**
 * What `Clock` of `@kinko/core` says, written out: the command bundles core, so its own types must not
 * need core to be installed.
 */
export interface CliClock {
  now(): number;
  monotonicMs(): number;
  schedule(delayMs: number, callback: () => void): () => void;
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** Where signals come from, as `process` does. */
export interface CliSignals {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Everything outside that a command touches, so that a test can hand it another. */
export interface CliIo {
  readonly stdin: CliInput;
  /** Data only. */
  readonly stdout: CliOutput;
  /** Everything that is not data. */
  readonly stderr: CliOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: CliClock;
  /** Default: those of this process. */
  readonly signals?: CliSignals | undefined;
  /** Asked first for provider packages; default: the one that comes with the command. */
  readonly importProvider?: ((packageName: string) => Promise<unknown> | undefined) | undefined;
}

/** The streams and the environment of this process; a stream is opened when it is first used. */
export function processIo(): CliIo {
  let stdout: CliOutput | undefined;
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return (stdout ??= standardOutput());
    },
    get stderr() {
      return process.stderr;
    },
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
  };
}
