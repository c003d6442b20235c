import { spawn } from "node:child_process";

/**
 * @typedef {object} Finished
 * @property {number} exitCode 128 + n after signal n is not mapped: 1 stands for any signal
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program without a shell and collects what it prints.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string }} [options]
 * @returns {Promise<Finished>}
 */
export function run(file, args, { cwd, env, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: env ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr }));
    // A child that ends before it reads its input is reported by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}
