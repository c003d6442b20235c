import { constants as modes, rmSync } from "node:fs";
import { access, chmod, mkdtemp, open, stat } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { CliError } from "../errors.js";

/** Where Linux keeps files in memory only. */
const memoryFolder = "/dev/shm";
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A folder for one file that must not outlive the command. */
export interface PrivateFolder {
  readonly path: string;
  /** Gets INT, TERM and HUP while it is set; otherwise they remove the folder and end the process. */
  onSignal: ((signal: NodeJS.Signals) => void) | undefined;
  /** Overwrites and removes what is in it. Idempotent. */
  remove(file: string): Promise<void>;
}

/**
 * Makes a folder that only this user can enter, in memory.
 *
 * An editor needs a file, so this is the one place where a value is in one. It is never on a disk
 * unless `allowDisk` says so: what was on a disk can be found there later.
 *
 * @throws CliError when the system has no such place
 */
export async function makePrivateFolder(allowDisk: boolean): Promise<PrivateFolder> {
  const inMemory = await isUsable(memoryFolder);
  if (!inMemory && !allowDisk) {
    throw new CliError("Unsupported", "There is no folder in memory for the editor's file.", {
      reason: "no-memory-folder",
      advice: `Mount a tmpfs at ${memoryFolder}, or accept a file on disk with --allow-disk.`,
    });
  }
  const path = await mkdtemp(join(inMemory ? memoryFolder : tmpdir(), "kinko-edit-"));
  await chmod(path, 0o700);
  const vanish = (): void => rmSync(path, { recursive: true, force: true });
  const folder: PrivateFolder = {
    path,
    onSignal: undefined,
    async remove(file) {
      await overwrite(file);
      vanish();
      process.off("exit", vanish);
      for (const signal of signals) process.off(signal, end);
    },
  };
  const end = (signal: NodeJS.Signals): void => {
    if (folder.onSignal !== undefined) {
      folder.onSignal(signal);
      return;
    }
    vanish();
    process.exit(128 + constants.signals[signal]);
  };
  // Whatever ends the process: nothing may stay behind.
  process.once("exit", vanish);
  for (const signal of signals) process.on(signal, end);
  return folder;
}

async function isUsable(folder: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  return access(folder, modes.W_OK | modes.X_OK).then(
    () => true,
    () => false,
  );
}

async function overwrite(file: string): Promise<void> {
  try {
    const { size } = await stat(file);
    const handle = await open(file, "r+");
    try {
      await handle.write(Buffer.alloc(size));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The editor may have removed it; removing the folder is what counts.
  }
}
