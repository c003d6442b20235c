import { randomBytes } from "node:crypto";
import { open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createSecretError } from "../errors/classes.js";
import type { SecretErrorCode } from "../errors/codes.js";

/**
 * Writes a file that appears whole, under its name, when all pieces are written and on disk; before,
 * and after a failure, what was there stays. Mode 0600. Every piece is erased when it is written, or could not be.
 *
 * @returns bytes written
 */
export async function writeAtomically(
  file: string,
  pieces: AsyncIterable<Buffer>,
): Promise<number> {
  const target = resolve(file);
  await refuseSpecial(target);
  const folder = dirname(target);
  const name = `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`;
  const temporary = join(folder, name);
  // Exclusive: a link that somebody put in the way is not followed.
  const handle = await open(temporary, "wx", 0o600);
  try {
    let written = 0;
    try {
      for await (const piece of pieces) {
        try {
          await writeWhole(handle, piece);
          written += piece.byteLength;
        } finally {
          piece.fill(0);
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
    await syncFolder(folder);
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    written += (await handle.write(bytes, written, bytes.byteLength - written)).bytesWritten;
  }
}

/** The new name is on disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A device or a pipe would be replaced by a file: for root, that could be /dev/null itself. */
async function refuseSpecial(target: string): Promise<void> {
  const stats = await stat(target).catch(() => undefined);
  if (stats === undefined || stats.isFile()) return;
  throw createSecretError("AlreadyExists", "The output is there, and not a regular file.", {
    reason: "file-special",
    field: "output",
    advice: "Name another file, or use the stream.",
  });
}

const codes: Readonly<Record<string, SecretErrorCode>> = {
  ENOENT: "NotFound",
  EACCES: "PermissionDenied",
  EPERM: "PermissionDenied",
};

/** A failure of the file system; its own message holds the path, which may be nobody's business. */
export function fileFailure(error: unknown): Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  // Not one of the system's: a fault of the program, which must not be dressed up.
  if (typeof code !== "string") return error as Error;
  return createSecretError(
    codes[code] ?? "Unavailable",
    `A file cannot be read or written (${code}).`,
    {
      reason: "file-failed",
      field: "file",
      retryable: false,
      advice: "Check the paths, their permissions and the free space.",
    },
  );
}
