import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, signalProcess } from "./identity.mjs";

/** @typedef {import("./sweep.mjs").RunRecord} RunRecord */
/** @typedef {import("./sweep.mjs").Run} Run */

export const recordName = "run.json";

/** How long a server may take to end when asked to, before it is killed. */
const graceMs = 3000;

/**
 * @param {string} base
 * @returns {Run[]}
 */
export function readRuns(base) {
  return listFolders(base).flatMap((folder) => {
    const record = readRecord(join(folder, recordName));
    return record === undefined ? [] : [{ folder, record }];
  });
}

/**
 * @param {string} base
 * @param {(run: Run) => boolean} [isOrphan]
 * @returns {Promise<string[]>}
 */
export async function sweepRuns(base, isOrphan = ({ record }) => !isRunning(record.owner)) {
  const orphans = readRuns(base).filter(isOrphan);
  await Promise.all(orphans.map(removeRun));
  return orphans.map(({ folder }) => basename(folder));
}

/** @param {Run} run */
async function removeRun({ folder, record }) {
  for (const process of record.processes)
    signalProcess(process, process.stopSignal, { group: true });
  const deadlineMs = performance.now() + graceMs;
  while (record.processes.some(isRunning) && performance.now() < deadlineMs) await delay(20);
  for (const process of record.processes) signalProcess(process, "SIGKILL", { group: true });
  // The run folder goes last: for as long as it is there, another sweep can finish this one's work.
  for (const path of [...record.folders, folder])
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** @param {string} base */
function listFolders(base) {
  try {
    // Whoever can write here decides what is signalled and removed, so it has to be this user alone.
    const stat = lstatSync(base);
    if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0)
      return [];
    return readdirSync(base).map((name) => join(base, name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {RunRecord | undefined}
 */
function readRecord(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // A run that is being made or removed right now has no record; it belongs to somebody alive.
    return undefined;
  }
}
