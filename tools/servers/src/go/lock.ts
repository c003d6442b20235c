import { setTimeout as delay } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { ServerUnavailableError } from "../errors.js";
import type { Progress } from "../progress.js";
import { elapsedSeconds } from "../progress.js";

/** A lock that was not refreshed for so long belongs to a process that is gone. */
const staleMs = 60_000;
/** Several times what the slowest build took. */
const waitMs = 3_600_000;
const reportEveryMs = 10_000;

/**
 * Runs `work` while no other process does so for the same folder, waiting for its turn and saying so.
 *
 * @throws ServerUnavailableError when the turn does not come within an hour
 */
export async function withBuildLock(
  folder: string,
  name: string,
  progress: Progress,
  work: () => Promise<void>,
): Promise<void> {
  const startedAtMs = performance.now();
  let reportedAtMs = -Infinity;
  for (;;) {
    const release = await tryLock(folder, name, progress);
    if (release !== undefined) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    const nowMs = performance.now();
    if (nowMs - startedAtMs > waitMs) {
      throw new ServerUnavailableError(
        `Another process has been building ${name} for over an hour. End it, remove ${folder}.lock, and try again.`,
      );
    }
    if (nowMs - reportedAtMs > reportEveryMs) {
      progress(
        `${name}: another process is building it, waiting, ${elapsedSeconds(startedAtMs)} s`,
      );
      reportedAtMs = nowMs;
    }
    await delay(250);
  }
}

async function tryLock(
  folder: string,
  name: string,
  progress: Progress,
): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(folder, {
      stale: staleMs,
      // A suspended machine can lose the lock. Two builds at a time are slow and do no harm, since
      // each has a file of its own and the last rename wins.
      onCompromised: () => progress(`${name}: the lock was lost; the build goes on`),
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ELOCKED") return undefined;
    throw error;
  }
}
