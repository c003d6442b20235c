import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError, fileError } from "../errors.js";
import { prepareFile } from "./prepared-file.js";

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
  if (options.exclusive === true) {
    const target = resolve(options.cwd, file);
    await create(target, content, options.mode ?? 0o600, file);
    return target;
  }
  const prepared = await prepareFile(file, options);
  try {
    await prepared.write(content);
    await prepared.commit();
  } finally {
    await prepared.discard();
  }
  return prepared.path;
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
