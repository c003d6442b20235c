import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { identifyProcess } from "../../watchdog/identity.mjs";
import { ServerStartError } from "../errors.js";
import { logTail } from "./log-tail.js";
import type { RunFolder } from "./run-folder.js";

/** How a server's program is run. */
export interface ServerCommand {
  /** For messages: `Vault`, `PostgreSQL`. */
  readonly title: string;
  readonly command: string;
  /** No secret: every user of the machine can read another process's arguments. */
  readonly args: readonly string[];
  /** Added to PATH, HOME (the run's folder), TMPDIR and LANG. Nothing else of this process's is passed on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** User and group to run as, when this process is root and the server must not be. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
}

/** How long a server may take to end when asked to, before it is killed. */
const graceMs = 5000;

/**
 * One server program that can be started, stopped, killed and started again, with its output in one
 * log file. It is on record in its run's folder for as long as it runs.
 */
export class ServerProcess {
  readonly logFile: string;
  readonly #folder: RunFolder;
  readonly #command: ServerCommand;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #starts = 0;

  constructor(folder: RunFolder, command: ServerCommand) {
    this.#folder = folder;
    this.#command = command;
    this.logFile = join(folder.path, "server.log");
  }

  /** The number of the running process, or undefined. */
  get pid(): number | undefined {
    return this.running ? this.#child?.pid : undefined;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  get running(): boolean {
    return (
      this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
    );
  }

  /** @throws ServerStartError when the program cannot be run at all */
  start(): void {
    const { title, command, args, environment, user, stopSignal = "SIGTERM" } = this.#command;
    const log = openSync(this.logFile, "a", 0o600);
    const child = spawn(command, args, {
      cwd: "/",
      // A group of its own: Ctrl-C in the terminal reaches us alone, who then stop it in order.
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...inheritedEnvironment(), HOME: this.#folder.path, ...environment },
      ...user,
    });
    closeSync(log);
    this.#child = child;
    this.#starts += 1;
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    child.unref();
    const { pid } = child;
    const identity = pid === undefined ? undefined : identifyProcess(pid);
    if (pid === undefined) {
      throw new ServerStartError(
        `${title} cannot be run as ${command}. Check that it is an executable file.`,
      );
    }
    if (identity !== undefined) this.#folder.addProcess({ ...identity, stopSignal });
    child.once("exit", () => this.#folder.removeProcess(pid));
  }

  /**
   * Waits until `isReady` answers true.
   *
   * @throws ServerStartError with the end of the log when the server ends first, or is not ready in time
   */
  async waitUntilReady(
    isReady: () => Promise<boolean>,
    timeoutMs: number,
    secrets: readonly string[],
  ): Promise<void> {
    const { title } = this.#command;
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      if (!this.running) throw this.#failure(`${title} ended while it was starting.`, secrets);
      if (await isReady()) return;
      if (performance.now() > deadlineMs) {
        throw this.#failure(
          `${title} was not ready after ${Math.round(timeoutMs / 1000)} s.`,
          secrets,
        );
      }
      await delay(25);
    }
  }

  /** Asks the server to end, and kills it when it has not after 5 seconds. Idempotent. */
  async stop(): Promise<void> {
    if (!this.running) return this.#ended;
    this.#child?.ref();
    this.#child?.kill(this.#command.stopSignal ?? "SIGTERM");
    const timer = setTimeout(() => this.#killGroup(), graceMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends the server at once, as a crash would. Idempotent. */
  async kill(): Promise<void> {
    this.#child?.ref();
    this.#killGroup();
    await this.#ended;
  }

  #killGroup(): void {
    const pid = this.pid;
    // The child is ours and not yet collected, so its number cannot have been given to another process.
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }

  #failure(sentence: string, secrets: readonly string[]): ServerStartError {
    return new ServerStartError(
      `${sentence} The end of its log:\n${logTail(this.logFile, secrets)}`,
    );
  }
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    ["PATH", "TMPDIR", "LANG"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
