import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { InvalidValueError, TooLargeError, UnavailableError } from "@kinko/core";
import { findCommand } from "./find-command.js";
import { forwardSignals, sendSignal, type SignalSource } from "./forward-signals.js";

/** What to run, and with what. */
export interface RunOptions {
  /** A program's name, looked up in the `PATH` of {@link RunOptions.searchPath}, or its path. */
  readonly command: string;
  /** Its arguments; secrets do not belong here, since every user of the machine can see them. */
  readonly args?: readonly string[] | undefined;
  /** The whole environment of the child, from `childEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: the working directory. */
  readonly cwd?: string | undefined;
  /** Where programs are looked for. Default: `process.env.PATH`, also for a pristine child. */
  readonly searchPath?: string | undefined;
  /** Where signals come from. Default: this process. */
  readonly signals?: SignalSource | undefined;
  /** Whether a terminal sends its signals to the child too. Default: whether stdio has a TTY. */
  readonly terminal?: boolean | undefined;
}

/** How a program ended. */
export interface RunOutcome {
  /** Exactly the child's; 128 + n when signal n ended it; 126 or 127 when it did not start. */
  readonly exitCode: number;
  /** The signal that ended the child. */
  readonly signal?: NodeJS.Signals | undefined;
  /** Why the program did not start, in one sentence. */
  readonly problem?: string | undefined;
  /** What to do about the problem. */
  readonly advice?: string | undefined;
}

/** A program that was started. */
export interface RunningCommand {
  /** How it ends. Rejects with what {@link runCommand} throws. */
  readonly outcome: Promise<RunOutcome>;
  /** Sends a signal, to what it has started as well where it leads a group; nothing after its end. */
  send(signal: NodeJS.Signals): void;
}

/**
 * Runs a program and waits for its end. There is no shell between; the child has the caller's
 * stdin, stdout and stderr, and gets the signals that this process gets.
 *
 * @throws InvalidValueError when a part has a NUL character, TooLargeError when the environment is
 * larger than the system takes, UnavailableError when the system cannot start a process now.
 * @example
 * using environment = await environmentFromPrefix(store, "prod/app");
 * const { exitCode } = await runCommand({
 *   command: "node",
 *   args: ["server.js"],
 *   env: childEnvironment(environment),
 * });
 * process.exitCode = exitCode;
 */
export async function runCommand(options: RunOptions): Promise<RunOutcome> {
  return (await startCommand(options)).outcome;
}

/** Starts a program as {@link runCommand} does, and leaves waiting to the caller. */
export async function startCommand(options: RunOptions): Promise<RunningCommand> {
  refuseNul(options);
  const found = await findCommand(options.command, options);
  if ("problem" in found) return { outcome: Promise.resolve(found), send: () => undefined };
  const terminal = options.terminal ?? hasTerminal();
  // With a terminal the child stays in its foreground group, or it could not read from it. Without
  // one it leads a group of its own, so that a signal reaches what it started as well.
  const ownGroup = !terminal && process.platform !== "win32";
  let child: ChildProcess | undefined;
  const stop = forwardSignals(options.signals ?? process, () => child, { terminal, ownGroup });
  try {
    child = spawn(found.path, options.args ?? [], {
      argv0: options.command,
      cwd: options.cwd,
      // Not `process.env` by default: the caller decides what the child gets.
      env: options.env,
      shell: false,
      stdio: "inherit",
      detached: ownGroup,
    });
  } catch (error) {
    stop();
    // Node's own message quotes what it was given.
    throw startFailure(error);
  }
  const started = child;
  return {
    outcome: outcomeOf(started, options.command).finally(stop),
    send: (signal) => sendSignal(started, signal, ownGroup),
  };
}

function outcomeOf(child: ChildProcess, command: string): Promise<RunOutcome> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const outcome = notStarted(error.code, command);
      if (outcome === undefined) reject(startFailure(error));
      else resolve(outcome);
    });
    child.once("exit", (code, signal) => {
      resolve(
        signal === null
          ? { exitCode: code ?? 1 }
          : { exitCode: 128 + constants.signals[signal], signal },
      );
    });
  });
}

function notStarted(code: string | undefined, command: string): RunOutcome | undefined {
  if (code === "ENOENT") {
    return {
      exitCode: 127,
      problem: `${command} could not be started: its interpreter or the working directory is missing.`,
      advice: "Check its first line, and the folder.",
    };
  }
  if (code === "EACCES" || code === "ENOEXEC" || code === "EPERM") {
    return {
      exitCode: 126,
      problem: `${command} cannot be executed.`,
      advice: "Check its permissions and that it is a program for this machine.",
    };
  }
  return undefined;
}

function startFailure(error: unknown): TooLargeError | UnavailableError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "E2BIG") {
    return new TooLargeError("The environment is larger than the system accepts for a program.", {
      operation: "run",
      reason: "environment-too-large",
      advice: "Set fewer or smaller secrets, or hand large ones over as files.",
    });
  }
  return new UnavailableError(`The system could not start the program (${code ?? "unknown"}).`, {
    operation: "run",
    reason: "spawn-failed",
    advice: "Check the limits for processes and memory, then try again.",
  });
}

function refuseNul({ command, args = [], cwd = "", env }: RunOptions): void {
  const bad =
    [command, ...args, cwd].some((part) => part.includes("\0")) ||
    Object.entries(env).some(([name, value]) => `${name}${value}`.includes("\0"));
  if (!bad) return;
  throw new InvalidValueError("A program cannot get a NUL character.", {
    operation: "run",
    reason: "nul-in-value",
    advice: "Remove it from the command, its arguments, or the environment.",
  });
}

function hasTerminal(): boolean {
  return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}
