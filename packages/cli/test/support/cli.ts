import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { defineProvider, type SecretProvider } from "@kinko/core";
import { createMemoryProvider, memoryOptions, type MemoryProvider } from "@kinko/testing/memory";
import { FakeClock } from "@kinko/testing";
import { main, type CliInput, type CliIo, type CliOutput } from "../../src/index.js";

/** What one command line gave. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

/** How a command line is run. */
export interface CliRunOptions {
  readonly stdin?: string | Uint8Array;
  /** Whether stdin claims to be a terminal, in which nobody types. Default false. */
  readonly stdinTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether stdout claims to be a terminal. Default false. */
  readonly terminal?: boolean;
  /** Whether the reader of stdout went away. Default false. */
  readonly brokenPipe?: boolean;
  /** Default: those of this process. */
  readonly signals?: CliIo["signals"];
}

/** A folder with a store in memory that lives as long as the test. */
export interface CliHarness {
  readonly directory: string;
  readonly memory: MemoryProvider;
  readonly clock: FakeClock;
  run(argv: readonly string[], options?: CliRunOptions): Promise<CliResult>;
  remove(): Promise<void>;
}

/** Makes a harness. `wrap` may put faults between the command and the store. */
export async function createHarness(
  wrap: (memory: MemoryProvider) => SecretProvider = (memory) => memory,
): Promise<CliHarness> {
  const directory = await mkdtemp(join(tmpdir(), "kinko-cli-"));
  const clock = new FakeClock();
  const memory = createMemoryProvider({}, { clock });
  const factory = defineProvider({
    name: "local",
    options: memoryOptions,
    create: () => keptOpen(wrap(memory)),
  });
  return {
    directory,
    memory,
    clock,
    run: (argv, options = {}) =>
      runCli(argv, {
        ...options,
        directory,
        clock,
        importProvider: (name) =>
          name === "@kinko/provider-local" ? Promise.resolve({ provider: factory }) : undefined,
      }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Runs one command line in this process. */
export async function runCli(
  argv: readonly string[],
  options: CliRunOptions & {
    readonly directory: string;
    readonly clock?: FakeClock;
    readonly importProvider?: CliIo["importProvider"];
  },
): Promise<CliResult> {
  const stdout = new Collector(options.terminal === true, options.brokenPipe === true);
  const stderr = new Collector(false, false);
  const { systemClock } = await import("@kinko/core");
  const code = await main(argv, {
    stdin: Object.assign(inputOf(options.stdin), { isTTY: options.stdinTerminal === true }),
    stdout,
    stderr,
    env: { HOME: options.directory, ...options.env },
    cwd: options.directory,
    clock: options.clock ?? systemClock,
    signals: options.signals,
    importProvider: options.importProvider,
  });
  const stdoutBytes = stdout.bytes();
  return {
    code,
    stdout: stdoutBytes.toString("utf8"),
    stdoutBytes,
    stderr: stderr.bytes().toString("utf8"),
  };
}

/** The store stays when a command closes it, as a file would. */
function keptOpen(provider: SecretProvider): SecretProvider {
  return {
    capabilities: provider.capabilities,
    get: (ref, options) => provider.get(ref, options),
    put: (ref, value, options) => provider.put(ref, value, options),
    delete: (ref, options) => provider.delete(ref, options),
    list: (options) => provider.list(options),
    health: (options) => provider.health(options),
    classifyError: (error) => provider.classifyError(error),
    close: () => Promise.resolve(),
  };
}

function inputOf(content: string | Uint8Array | undefined): CliInput {
  if (content === undefined) return Readable.from([]);
  const stream = new PassThrough();
  // A copy: what was read is zeroed afterwards.
  stream.end(Buffer.from(content));
  return stream;
}

class Collector extends Writable implements CliOutput {
  readonly isTTY: boolean;
  readonly #chunks: Buffer[] = [];

  readonly #broken: boolean;

  constructor(isTTY: boolean, broken: boolean) {
    super();
    this.isTTY = isTTY;
    this.#broken = broken;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.#broken) {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      return;
    }
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
