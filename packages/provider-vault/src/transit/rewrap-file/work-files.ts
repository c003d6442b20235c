import { constants, open, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { vaultError } from "../../errors/vault-error.js";
import type { RewrapFileOptions } from "../types.js";
import type { PartIdentity } from "./journal.js";

/** Input, output, and what lies beside the output while it is made. */
export interface WorkFiles {
  readonly input: string;
  readonly output: string;
  readonly part: string;
  readonly journal: string;
}

/** Links are followed, so that two names of one file are the same. */
export async function workFiles(
  options: Pick<RewrapFileOptions, "input" | "output">,
): Promise<WorkFiles> {
  const [input, output] = await Promise.all(
    [options.input, options.output].map((file) => realpath(file).catch(() => resolve(file))),
  );
  const beside = (suffix: string): string =>
    join(dirname(output as string), `.${basename(output as string)}.rewrap-${suffix}`);
  return {
    input: input as string,
    output: output as string,
    part: beside("part"),
    journal: beside("journal"),
  };
}

/** The part, as it was when the state was recorded. */
export async function openPart(file: string, size: number, resumed: boolean): Promise<FileHandle> {
  if (!resumed) await rm(file, { force: true });
  const flags = constants.O_RDWR | constants.O_NOFOLLOW;
  const created = constants.O_CREAT | (resumed ? 0 : constants.O_EXCL);
  const handle = await open(file, flags | created, 0o600);
  try {
    const found = await handle.stat();
    if (found.size < size) throw partChanged("is shorter than its journal", "part-too-short");
    // What is behind the last record was never promised.
    await handle.truncate(size);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Puts all of the part on disk; what it is then must be what is delivered. */
export async function sealPart(part: FileHandle, size: number): Promise<PartIdentity> {
  await part.sync();
  const found = identityOf(await part.stat({ bigint: true }));
  if (found.size === size) return found;
  throw partChanged("was changed by somebody else", "part-changed");
}

/** Undefined when there is no such file. */
export async function identify(file: string): Promise<PartIdentity | undefined> {
  try {
    return identityOf(await stat(file, { bigint: true }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Puts the finished part in the place of the output. */
export async function deliver(files: WorkFiles): Promise<void> {
  await rename(files.part, files.output);
  await syncFolder(files);
}

/** Ends the run: the journal must not come back, or it would be taken for one of a later file. */
export async function removeJournal(files: WorkFiles): Promise<void> {
  await rm(files.journal, { force: true });
  await syncFolder(files);
}

async function syncFolder(files: WorkFiles): Promise<void> {
  const folder = await open(dirname(files.output), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function identityOf(found: { size: bigint; mtimeNs: bigint; ino: bigint }): PartIdentity {
  const { size, mtimeNs, ino } = found;
  return { size: Number(size), modifiedNs: String(mtimeNs), inode: String(ino) };
}

function partChanged(what: string, reason: string): Error {
  return vaultError("Corrupt", `The part that is done already ${what}.`, {
    operation: "rewrapFile",
    reason,
    advice:
      "Remove the files that end in .rewrap-part and .rewrap-journal beside the output to begin anew.",
  });
}
