import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { workspaceRoot } from "../lib/workspace.mjs";
import { summaryFileVariable } from "./reporter.mjs";
import { isGood, summaryLines } from "./summary.mjs";

/** @typedef {import("./summary.mjs").Summary} Summary */

/**
 * Runs vitest, shows what it shows, and then prints the summary lines. Answers the exit code: not 0
 * when a test failed, when there was none, and for errors outside any test.
 *
 * @param {object} options
 * @param {readonly string[]} options.args passed on to vitest
 * @param {string} [options.node] the Node that runs it; default: this one
 * @param {string} [options.label] stands before the last line
 * @returns {Promise<number>}
 */
export async function runVitest({ args, node = process.execPath, label }) {
  const ci = Boolean(process.env["CI"]) && process.env["CI"] !== "false";
  const folder = mkdtempSync(join(tmpdir(), "kinko-test-"));
  const summaryFile = join(folder, "summary.json");
  try {
    const reporter = fileURLToPath(new URL("reporter.mjs", import.meta.url));
    const code = await runToEnd(
      node,
      [vitestProgram(), "run", ...args, "--reporter=default", `--reporter=${reporter}`],
      { [summaryFileVariable]: summaryFile },
    );
    const summary = readSummary(summaryFile);
    const named = label === undefined ? {} : { label };
    console.log(summaryLines(summary, { ci, ...named }).join("\n"));
    if (!isGood(summary, { ci })) return 1;
    // vitest also ends with an error for reasons of its own, such as a coverage threshold.
    return summary.couldNotRun.length > 0 ? 0 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a Node program with this process's terminal and answers its exit code. Ctrl-C reaches it from
 * the terminal, and this process waits for what it then does.
 *
 * @param {string} node
 * @param {readonly string[]} args
 * @param {Record<string, string>} [environment]
 * @returns {Promise<number>}
 */
export function runToEnd(node, args, environment = {}) {
  const ignore = () => {};
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: workspaceRoot,
      stdio: "inherit",
      env: { ...process.env, ...environment },
    });
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 1);
    });
  });
}

function vitestProgram() {
  const manifest = createRequire(join(workspaceRoot, "package.json")).resolve(
    "vitest/package.json",
  );
  return join(dirname(manifest), "vitest.mjs");
}

/**
 * @param {string} file
 * @returns {Summary} of an empty run when vitest did not come so far as to write one
 */
function readSummary(file) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  return {
    passed: 0,
    failed: 0,
    skipped: 0,
    unhandledErrors: 0,
    contracts: {},
    realServers: {},
    couldNotRun: [],
  };
}
