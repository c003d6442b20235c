import { spawn } from "node:child_process";

/**
 * @typedef {object} ProcessOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [input] to stdin
 */

/**
 * Runs a fresh Node process and measures it from before it is created until it has ended.
 *
 * @param {string[]} args of node
 * @param {ProcessOptions} [options]
 * @returns {Promise<{ elapsedMs: number, stdout: string }>}
 * @throws {Error} when it does not end with 0, as the time of a failure says nothing
 */
export function runNode(args, { cwd, env, input } = {}) {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn(process.execPath, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    let elapsedMs = 0;
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("exit", () => (elapsedMs = performance.now() - startMs));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve({ elapsedMs, stdout });
      reject(new Error(`node ${args.join(" ")} ended with ${signal ?? code}: ${stderr.trim()}`));
    });
    // A child that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}
