import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, rename, rm, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { localError } from "../errors.js";
import { stampOf, type FileStamp } from "./read-file.js";

/** Letters and digits that name temporary files; nobody can foresee them. */
export function randomToken(): string {
  return randomBytes(16).toString("hex");
}

/** The temporary file of a write to `path`. {@link isTemporaryFile} knows the names again. */
export function temporaryFile(path: string): string {
  return `${path}.${randomToken()}.tmp`;
}

/** How a file is to be written. */
export interface WriteOptions {
  /** Called when everything but the rename is done; throws to stop it. */
  readonly beforeRename?: () => Promise<void>;
  /** False: fails with EEXIST when there is a file already. Default true. */
  readonly replace?: boolean;
}

/**
 * Writes a whole file so that after a crash at any instant either the old or the new one is there,
 * complete; when it resolves, the new one is durable. Mode 0600.
 *
 * Not the package write-file-atomic: that opens its temporary file without O_EXCL, so that a link
 * planted under its name would be followed, and does not sync the folder, so that a power failure
 * can undo a rename that was acknowledged.
 *
 * @throws the error of the system call; the old file is untouched unless the reason is
 * `commit-uncertain`.
 */
export async function writeFileDurably(
  path: string,
  bytes: Uint8Array,
  options: WriteOptions = {},
): Promise<FileStamp> {
  const temporary = temporaryFile(path);
  let stamp: FileStamp;
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;
    const handle = await open(temporary, flags, 0o600);
    try {
      await writeAll(handle, bytes);
      await handle.sync();
      stamp = stampOf(
        await handle.stat({ bigint: true }),
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      );
    } finally {
      await handle.close();
    }
    await options.beforeRename?.();
    if (options.replace === false) {
      await link(temporary, path);
      await unlink(temporary);
    } else {
      await rename(temporary, path);
    }
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  try {
    await syncFolder(dirname(path));
  } catch {
    throw localError(
      "Unavailable",
      "commit-uncertain",
      "The disk reported an error after the write; it may or may not last.",
      "Check the disk, then read the secret before writing it again.",
    );
  }
  return stamp;
}

/** Writes all bytes from the start of a file. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength;) {
    const length = bytes.byteLength - offset;
    offset += (await handle.write(bytes, offset, length, offset)).bytesWritten;
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and makes names durable by itself.
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const noFollow = constants.O_NOFOLLOW ?? 0;
