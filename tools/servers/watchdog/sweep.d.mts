import type { ProcessIdentity } from "./identity.mjs";

/** A server process that a run started, and the signal that asks it to end. */
export interface RecordedProcess extends ProcessIdentity {
  readonly stopSignal: NodeJS.Signals;
}

/** What is written in a run's folder, so that its leftovers can be found after any crash. */
export interface RunRecord {
  /** Kind of server, such as `vault` or `postgres`. */
  readonly server: string;
  /** The process that started it. The run is an orphan once that process is gone. */
  readonly owner: ProcessIdentity;
  readonly processes: readonly RecordedProcess[];
  /** Absolute paths of folders elsewhere that belong to the run. */
  readonly folders: readonly string[];
}

export interface Run {
  /** Absolute path. */
  readonly folder: string;
  readonly record: RunRecord;
}

/** The name of the record inside a run's folder. */
export const recordName: string;

/** Every run whose record can be read; none where `base` is absent or open to another user. */
export function readRuns(base: string): Run[];

/**
 * Ends what orphaned runs left behind: their processes, if they are still the very same ones, and
 * then their folders.
 *
 * @param isOrphan Default: the process that started the run is gone.
 * @returns the names of the folders that were removed
 */
export function sweepRuns(base: string, isOrphan?: (run: Run) => boolean): Promise<string[]>;
