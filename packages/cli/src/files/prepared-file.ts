import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CliError, fileError } from "../errors.js";

/**
 * A file that is ready to take what can be had only once: whether it can be made shows before that
 * is asked for.
 */
export interface PreparedFile {
  /** Absolute. */
  readonly path: string;
  /** Puts the content on disk, under another name still. @throws CliError (File) */
  write(content: string | Uint8Array): Promise<void>;
  /** Gives it its name, in the place of what was there. @throws CliError (File) */
  commit(): Promise<void>;
  /** Removes what was not committed. Idempotent; never throws. */
  discard(): Promise<void>;
}

/**
 * Makes an empty file beside the one that is meant, readable by its owner only.
 *
 * @param mode what it has when it is written; default 0o600
 * @throws CliError (File)
 */
export async function prepareFile(
  file: string,
  { cwd, mode = 0o600 }: { readonly cwd: string; readonly mode?: number | undefined },
): Promise<PreparedFile> {
  const path = resolve(cwd, file);
  await refuseSpecial(path, file);
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fileError("written", file, error);
    }
  };
  // Exclusive: a link that somebody put in the way is not followed.
  const handle = await attempt(() => open(temporary, "wx", 0o600));
  return {
    path,
    write: (content) =>
      attempt(async () => {
        await handle.writeFile(content);
        await handle.chmod(mode);
        await handle.sync();
        await handle.close();
      }),
    async commit() {
      await attempt(() => rename(temporary, path));
      await syncFolder(folder);
    },
    async discard() {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true }).catch(() => undefined);
    },
  };
}

/** Several files, or none of them. @throws CliError (File) */
export async function prepareFiles(
  files: readonly { readonly file: string; readonly mode?: number | undefined }[],
  cwd: string,
): Promise<PreparedFile[]> {
  const prepared: PreparedFile[] = [];
  try {
    for (const { file, mode } of files) prepared.push(await prepareFile(file, { cwd, mode }));
    return prepared;
  } catch (error) {
    await discardAll(prepared);
    throw error;
  }
}

/** Removes what was not committed. Never throws. */
export async function discardAll(files: readonly PreparedFile[]): Promise<void> {
  for (const file of files) await file.discard();
}

/** A device or a pipe would be replaced by a file: for root, that could be /dev/null itself. */
async function refuseSpecial(target: string, shown: string): Promise<void> {
  const stats = await stat(target).catch(() => undefined);
  if (stats === undefined || stats.isFile()) return;
  throw new CliError("File", `${shown} is there, and not a regular file.`, {
    reason: "not-a-file",
    advice: "Name another file, or leave out --output to write to stdout.",
  });
}

/** The new name is on disk only when its folder is; some systems cannot do that, and need not. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file is there, whole, and would be so after anything but the loss of power just now.
  }
}
