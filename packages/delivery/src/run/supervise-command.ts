import { systemClock, type Clock } from "@kinko/core";
import type { SignalSource } from "./forward-signals.js";
import {
  startCommand,
  type RunningCommand,
  type RunOptions,
  type RunOutcome,
} from "./run-command.js";

/** What to run, and how it is stopped for another start. */
export interface SuperviseOptions extends RunOptions {
  /** How long a program has for its end, in milliseconds, before it is killed. Default 10,000. */
  readonly graceMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A program that can be started anew, with another environment. */
export interface SupervisedCommand {
  /** How it ended by itself; an end for a restart is none. Rejects when it could not be started. */
  readonly ended: Promise<RunOutcome>;
  /**
   * Ends it by SIGTERM, or SIGKILL when it takes too long, and starts it with this environment.
   * Nothing when it has ended by itself; no new start when this process was told to end meanwhile.
   */
  restart(env: Readonly<Record<string, string>>): Promise<void>;
  send(signal: NodeJS.Signals): void;
}

const defaultGraceMs = 10_000;

/** Signals after which nothing is started any more. */
const endings = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Runs a program that is started anew when its environment changes. See `runCommand`. */
export async function superviseCommand(options: SuperviseOptions): Promise<SupervisedCommand> {
  const supervised = new Supervised(options);
  await supervised.start(options.env);
  return supervised;
}

class Supervised implements SupervisedCommand {
  readonly ended: Promise<RunOutcome>;
  readonly #options: SuperviseOptions;
  #running: RunningCommand | undefined;
  #restarting = false;
  #isOver = false;
  #resolve: (outcome: Promise<RunOutcome>) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever asks for it hears of a failure.
    this.ended.catch(() => undefined);
  }

  async start(env: Readonly<Record<string, string>>): Promise<void> {
    const running = await startCommand({ ...this.#options, env });
    this.#running = running;
    const over = (): void => {
      if (!this.#restarting) this.#end(running.outcome);
    };
    running.outcome.then(over, over);
  }

  async restart(env: Readonly<Record<string, string>>): Promise<void> {
    const running = this.#running;
    if (this.#isOver || this.#restarting || running === undefined) return;
    this.#restarting = true;
    const signals: SignalSource = this.#options.signals ?? process;
    const told: NodeJS.Signals[] = [];
    const note = (signal: NodeJS.Signals): void => void told.push(signal);
    for (const signal of endings) signals.on(signal, note);
    try {
      await this.#stop(running);
      this.#restarting = false;
      if (told.length > 0) this.#end(running.outcome);
      else await this.start(env);
      // It came while the program was looked for, and nobody was there to get it.
      for (const signal of told) this.send(signal);
    } catch (error) {
      this.#isOver = true;
      this.#reject(error);
    } finally {
      this.#restarting = false;
      for (const signal of endings) signals.off(signal, note);
    }
  }

  send(signal: NodeJS.Signals): void {
    this.#running?.send(signal);
  }

  async #stop(running: RunningCommand): Promise<void> {
    const { clock = systemClock, graceMs = defaultGraceMs } = this.#options;
    const cancel = clock.schedule(graceMs, () => running.send("SIGKILL"));
    running.send("SIGTERM");
    try {
      await running.outcome;
    } finally {
      cancel();
    }
  }

  #end(outcome: Promise<RunOutcome>): void {
    this.#isOver = true;
    this.#resolve(outcome);
  }
}
