import { createHmac, randomBytes } from "node:crypto";
import { isSecretError } from "@kinko/core";
import type { RunOutcome, SupervisedCommand } from "@kinko/delivery";
import type { CommandContext } from "../command.js";
import { CliError } from "../errors.js";
import { commandEnvironment } from "../input/command-environment.js";
import { hasSources } from "../input/environment-sources.js";
import { durationOf } from "../input/option-values.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import type { WatchReporter } from "./report.js";

interface WatchedOptions {
  /** What a change does: another start, or this signal. */
  readonly mode: "restart" | NodeJS.Signals;
  readonly report: WatchReporter;
}

/** The command of `kinko watch`, which changes of secrets restart or signal. */
export class WatchedCommand {
  readonly #context: CommandContext;
  readonly #input: ParsedInput;
  readonly #options: WatchedOptions;
  /** Environments are compared by it, so that none has to be kept. */
  readonly #key = randomBytes(32);
  #supervised: SupervisedCommand | undefined;
  #digest = "";
  /** A change that could not be acted on yet. */
  #pending = false;
  #told: string | undefined;

  private constructor(context: CommandContext, input: ParsedInput, options: WatchedOptions) {
    this.#context = context;
    this.#input = input;
    this.#options = options;
  }

  /** @throws what `kinko run` throws before its command runs */
  static async start(
    context: CommandContext,
    input: ParsedInput,
    options: WatchedOptions,
  ): Promise<WatchedCommand> {
    const watched = new WatchedCommand(context, input, options);
    await watched.#start();
    return watched;
  }

  /** How it ended by itself. */
  get ended(): Promise<RunOutcome> {
    if (this.#supervised === undefined) throw new Error("It was not started.");
    return this.#supervised.ended;
  }

  send(signal: NodeJS.Signals): void {
    this.#supervised?.send(signal);
  }

  /** Acts on changes; `named` are those that act also when the environment stays the same. */
  async act(refs: readonly string[], named: ReadonlySet<string>): Promise<void> {
    if (refs.length === 0 && !this.#pending) return;
    const { mode, report } = this.#options;
    if (mode !== "restart") {
      this.#supervised?.send(mode);
      await report.tell({ type: "signalled", signal: mode });
      return;
    }
    this.#pending ||= refs.some((ref) => named.has(ref));
    const env = await this.#readAgain();
    if (env === undefined) return;
    const digest = this.#digestOf(env);
    const isSame = digest === this.#digest && !this.#pending;
    this.#pending = false;
    this.#told = undefined;
    if (isSame) {
      await report.tell({ type: "unchanged" });
      return;
    }
    this.#digest = digest;
    await this.#supervised?.restart(env);
    await report.tell({ type: "restarted" });
  }

  async #start(): Promise<void> {
    const { superviseCommand } = await import("@kinko/delivery");
    const [program = "", ...args] = this.#input.rest ?? [];
    const { io } = this.#context;
    const env = await this.#environment();
    this.#digest = this.#digestOf(env);
    this.#supervised = await superviseCommand({
      command: program,
      args,
      env,
      cwd: io.cwd,
      searchPath: io.env["PATH"],
      signals: io.signals,
      clock: io.clock,
      graceMs: (durationOf(this.#input, "grace") ?? 10) * 1_000,
    });
  }

  async #environment(): Promise<Record<string, string>> {
    const required = hasSources(this.#input);
    return (await commandEnvironment(this.#context, this.#input, { required })).env;
  }

  /** Undefined where the secrets cannot be read now; the next look tries again. */
  async #readAgain(): Promise<Record<string, string> | undefined> {
    try {
      return await this.#environment();
    } catch (error) {
      this.#pending = true;
      const code = isSecretError(error) || error instanceof CliError ? error.code : "Internal";
      // Once, not at each look.
      if (this.#told !== code) {
        await this.#options.report.tell({ type: "environment-unreadable", code });
      }
      this.#told = code;
      return undefined;
    }
  }

  #digestOf(env: Readonly<Record<string, string>>): string {
    const text = JSON.stringify(Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return createHmac("sha256", this.#key).update(text).digest("base64");
  }
}
