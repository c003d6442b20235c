import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command that takes longer hangs; the whole demo is to take a minute at most. */
const commandTimeoutMs = 30_000;

/**
 * @typedef {object} Expectation
 * @property {number} [exitCode] default 0
 * @property {RegExp} [prints] what stdout or stderr must have
 */

/** A step of the demo did not do what it shows. */
export class StepError extends Error {}

/**
 * A folder of its own with a `kinko` command on the PATH, in which commands run exactly as they are
 * shown. It is also the home folder, so that nothing of the user's is read or written.
 */
export class Shell {
  /** @type {string} */
  folder;
  /** @type {NodeJS.ProcessEnv} */
  #env;
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #running;

  /** @param {{ kinko: string }} options `kinko`: the built command */
  constructor({ kinko }) {
    this.folder = mkdtempSync(join(tmpdir(), "kinko-demo-"));
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "kinko"), `#!/bin/sh\nexec "${process.execPath}" "${kinko}" "$@"\n`);
    chmodSync(join(bin, "kinko"), 0o755);
    symlinkSync(process.execPath, join(bin, "node"));
    this.#env = {
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      HOME: this.folder,
      XDG_CONFIG_HOME: join(this.folder, ".config"),
      LANG: process.env["LANG"] ?? "C.UTF-8",
      NO_COLOR: "1",
    };
  }

  /**
   * Shows a command, runs it with `sh`, shows what it prints, and checks how it ended.
   *
   * @param {string} command
   * @param {Expectation} [expectation]
   * @returns {Promise<string>} stdout
   * @throws {StepError}
   */
  async run(command, { exitCode = 0, prints = /(?:)/ } = {}) {
    console.log(`\n$ ${command}`);
    const outcome = await this.#execute(command);
    const text = outcome.stdout + outcome.stderr;
    if (text.trim() !== "") console.log(text.trimEnd().replaceAll(this.folder, "~"));
    if (outcome.exitCode !== 0) console.log(`(exit code ${outcome.exitCode})`);
    if (outcome.exitCode !== exitCode) {
      throw new StepError(
        `"${command}" ended with ${outcome.exitCode ?? "no exit code"}, not with ${exitCode}.`,
      );
    }
    if (!prints.test(text)) throw new StepError(`"${command}" did not print ${String(prints)}.`);
    return outcome.stdout;
  }

  /**
   * @param {string} command
   * @returns {Promise<{ exitCode: number | null, stdout: string, stderr: string }>}
   */
  #execute(command) {
    return new Promise((resolve, reject) => {
      const child = spawn("sh", ["-c", command], {
        cwd: this.folder,
        env: this.#env,
        stdio: ["ignore", "pipe", "pipe"],
        timeout: commandTimeoutMs,
      });
      this.#running = child;
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ part) => (stdout += part));
      child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ part) => (stderr += part));
      child.once("error", () => reject(new StepError("sh could not be started.")));
      child.once("close", (exitCode) => {
        this.#running = undefined;
        resolve({ exitCode, stdout, stderr });
      });
    });
  }

  /** Ends what runs and removes the folder. */
  close() {
    this.#running?.kill("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
