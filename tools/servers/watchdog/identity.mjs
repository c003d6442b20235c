import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** @typedef {import("./identity.mjs").ProcessIdentity} ProcessIdentity */

/**
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export function identifyProcess(pid) {
  const startTime = readStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** @param {ProcessIdentity} identity */
export function isRunning(identity) {
  return readStartTime(identity.pid) === identity.startTime;
}

/**
 * @param {ProcessIdentity} identity
 * @param {NodeJS.Signals} signal
 * @param {{ group?: boolean }} [options]
 */
export function signalProcess(identity, signal, options = {}) {
  // Checked right before, which leaves microseconds in which it would have to end and be replaced.
  if (!isRunning(identity)) return false;
  try {
    process.kill(options.group === true ? -identity.pid : identity.pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** @param {number} pid */
function readStartTime(pid) {
  return process.platform === "linux" ? readLinuxStartTime(pid) : readPsStartTime(pid);
}

/**
 * proc(5): field 3 of /proc/PID/stat is the state, field 22 the start time in ticks since boot.
 *
 * @param {number} pid
 */
function readLinuxStartTime(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // The file goes away with its process at any moment: ENOENT when opened, ESRCH when read.
    return undefined;
  }
  // Field 2 is the command in parentheses, and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

/** @param {number} pid */
function readPsStartTime(pid) {
  try {
    const output = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
    });
    const [, state, startTime] = /^(\S+)\s+(.+)$/.exec(output.trim()) ?? [];
    return state?.startsWith("Z") === true ? undefined : startTime;
  } catch {
    // ps exits with 1 when there is no such process.
    return undefined;
  }
}
