import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessIdentity } from "../../watchdog/identity.mjs";
import { identifyProcess } from "../../watchdog/identity.mjs";
import type { RecordedProcess, RunRecord } from "../../watchdog/sweep.mjs";
import { recordName } from "../../watchdog/sweep.mjs";
import { ServerStartError } from "../errors.js";
import { ensureWatchdog } from "./watchdog.js";

/**
 * The folder of one started server: its data, its log and the record by which it is found and ended
 * after a crash. Mode 0700, removed when the server is stopped.
 */
export class RunFolder {
  readonly path: string;
  #record: RunRecord;

  /** @throws ServerStartError when the folder of runs belongs to somebody else */
  constructor(server: string) {
    const base = runsFolder();
    const owner = ownIdentity();
    mkdirSync(base, { recursive: true, mode: 0o700 });
    assertPrivate(base);
    this.path = mkdtempSync(join(base, `${server}-`));
    this.#record = { server, owner, processes: [], folders: [] };
    this.#save();
    ensureWatchdog(base, owner);
  }

  /** Records a process that was started for this run. */
  addProcess(process: RecordedProcess): void {
    this.#record = { ...this.#record, processes: [...this.#record.processes, process] };
    this.#save();
  }

  /** Strikes a process that has ended off the record. */
  removeProcess(pid: number): void {
    this.#record = {
      ...this.#record,
      processes: this.#record.processes.filter((each) => each.pid !== pid),
    };
    this.#save();
  }

  /**
   * Makes a second folder for a server that runs as another user, who cannot reach into this one.
   * It is removed with this one.
   */
  addOuterFolder(prefix: string): string {
    const folder = mkdtempSync(join(tmpdir(), prefix));
    this.#record = { ...this.#record, folders: [...this.#record.folders, folder] };
    this.#save();
    return folder;
  }

  /** Removes the run's folders. Every process has to be stopped before. Idempotent. */
  remove(): void {
    for (const folder of [...this.#record.folders, this.path])
      rmSync(folder, { recursive: true, force: true });
  }

  #save(): void {
    // Renamed into place, since a sweep in another process may read it at any moment.
    const partial = join(this.path, `${recordName}.partial`);
    try {
      writeFileSync(partial, JSON.stringify(this.#record), { mode: 0o600 });
      renameSync(partial, join(this.path, recordName));
    } catch (error) {
      // A process may end after its run was removed; then there is nothing left to record.
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
}

/** Where this user's runs are kept: one folder in the system's folder for temporary files. */
export function runsFolder(): string {
  return join(tmpdir(), `kinko-servers-${process.getuid?.() ?? "user"}`);
}

function ownIdentity(): ProcessIdentity {
  const identity = identifyProcess(process.pid);
  if (identity === undefined) {
    throw new ServerStartError(
      "This process cannot be found in the list of processes. Make /proc (Linux) or ps (macOS) available.",
    );
  }
  return identity;
}

function assertPrivate(folder: string): void {
  const stat = lstatSync(folder);
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0) return;
  throw new ServerStartError(
    `${folder} is not a folder of this user alone (mode 0700). Remove it, or point TMPDIR to a folder of your own.`,
  );
}
