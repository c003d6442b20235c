import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CliError, fileError } from "../errors.js";

/** How a file is written. */
export interface WriteFileOptions {
  readonly cwd: string;
  /** Default 0o600: only for its owner. */
  readonly mode?: number | undefined;
  /** Fail when there is a file already. */
  readonly exclusive?: boolean | undefined;
}

/**
 * Writes a file so that a reader sees the old content or the new one, never half of it, and that
 * what is secret is never readable by others, not even for a moment.
 *
 * @returns the absolute path
 * @throws CliError (File), or (AlreadyExists) with `exclusive`
 */
export async function writeFileAtomically(
  file: string,
  content: string | Uint8Array,
  options: WriteFileOptions,
): Promise<string> {
  const target = resolve(options.cwd, file);
  const mode = options.mode ?? 0o600;
  if (options.exclusive === true) {
    await create(target, content, mode, file);
    return target;
  }
  await refuseSpecial(target, file);
  const temporary = join(
    dirname(target),
    `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    await create(temporary, content, mode, file);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof CliError ? error : fileError("written", file, error);
  }
  return target;
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

async function create(
  path: string,
  content: string | Uint8Array,
  mode: number,
  shown: string,
): Promise<void> {
  try {
    // Exclusive: a link that somebody put in the way is not followed.
    const handle = await open(path, "wx", mode);
    try {
      await handle.writeFile(content);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw new CliError("AlreadyExists", `There is a file ${shown} already.`, {
        reason: "file-exists",
        advice: "Choose another name, or remove it first.",
      });
    }
    throw fileError("written", shown, error);
  }
}
