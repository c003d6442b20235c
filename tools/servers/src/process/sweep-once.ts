import { sweepRuns } from "../../watchdog/sweep.mjs";
import { runsFolder } from "./run-folder.js";

let sweeping: Promise<unknown> | undefined;

/**
 * Ends what earlier processes left behind, once in the life of this process. That is rarely anything,
 * since each has a watchdog: only when the watchdog was killed too.
 */
export async function sweepOnce(): Promise<void> {
  sweeping ??= sweepRuns(runsFolder());
  await sweeping;
}
