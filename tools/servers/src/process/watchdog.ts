import { spawn } from "node:child_process";
import { join } from "node:path";
import type { ProcessIdentity } from "../../watchdog/identity.mjs";
import { packageRoot } from "../package-root.js";

let started = false;

/**
 * Makes sure that this process has its watchdog: one small process, in a session of its own so that
 * a Ctrl-C in the terminal does not reach it, that ends this process's servers when this process is
 * gone, also by SIGKILL. It does not keep this process alive.
 */
export function ensureWatchdog(runsFolder: string, owner: ProcessIdentity): void {
  if (started) return;
  started = true;
  const child = spawn(
    process.execPath,
    [join(packageRoot, "watchdog", "main.mjs"), runsFolder, String(owner.pid), owner.startTime],
    // No NODE_OPTIONS and the like: a test runner's loaders are not meant for it.
    {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: process.env["PATH"] },
      cwd: "/",
    },
  );
  child.once("exit", () => {
    started = false;
  });
  child.unref();
  // A pipe to a child is a socket, which Node's types do not say; unref keeps it from holding the process.
  const { stdin } = child;
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  stdin.on("error", () => {
    // Nothing is ever written. A watchdog that went away is replaced when the next server starts.
  });
}
