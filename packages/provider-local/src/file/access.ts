import type { BigIntStats } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { dirname, parse } from "node:path";

/** What a file is for, which decides who may do what with it. */
export type FileRole =
  /** Holds a secret in clear text: only its owner may read it. */
  | "private"
  /** Ciphertext or public keys: anybody may read it, only its owner may write it. */
  | "public";

/** Why a file or folder cannot be trusted. */
export interface AccessProblem {
  readonly path: string;
  readonly what: string;
  readonly advice: string;
}

/** Checks type, owner and mode of a file that is open. Undefined when all is well. */
export function fileProblem(
  path: string,
  stats: BigIntStats,
  role: FileRole,
): AccessProblem | undefined {
  if (!stats.isFile()) {
    return problem(path, "is not a regular file", "Put a regular file in its place.");
  }
  const uid = ownUid();
  if (uid === undefined) return undefined;
  if (stats.uid !== uid && !(role === "public" && stats.uid === 0n)) {
    return problem(
      path,
      "belongs to another user",
      "Change its owner to the user that runs this, or name another file.",
    );
  }
  const forbidden = role === "private" ? 0o077n : 0o022n;
  if ((stats.mode & forbidden) !== 0n) {
    const mode = (stats.mode & 0o7777n).toString(8);
    return role === "private"
      ? problem(path, `can be used by other users (mode ${mode})`, `Run: chmod 600 ${path}`)
      : problem(path, `can be written by other users (mode ${mode})`, `Run: chmod go-w ${path}`);
  }
  return undefined;
}

/**
 * Checks every folder above a path, up to the root: whoever may write one of them can put another
 * file in place. Each has to belong to this user or to root, and be writable by nobody else unless
 * it is sticky, as /tmp is. Both ways count, the one as written and the one that links lead to.
 */
export async function parentProblem(path: string): Promise<AccessProblem | undefined> {
  const uid = ownUid();
  if (uid === undefined) return undefined;
  const written = parents(path);
  const folders = new Set([...written, ...parents(`${await realpath(dirname(path))}/file`)]);
  for (const folder of folders) {
    const found = folderProblem(folder, await lstat(folder, { bigint: true }), uid);
    if (found !== undefined) return found;
  }
  return undefined;
}

function folderProblem(path: string, stats: BigIntStats, uid: bigint): AccessProblem | undefined {
  if (stats.uid !== uid && stats.uid !== 0n) {
    return problem(
      path,
      "belongs to another user, who could replace what is in it",
      "Change its owner to the user that runs this, or choose another folder.",
    );
  }
  // The mode of a symbolic link means nothing; the folder that it leads to is checked as well.
  if (stats.isSymbolicLink() || (stats.mode & 0o1000n) !== 0n) return undefined;
  const others = (stats.mode & 0o002n) !== 0n;
  // Many systems give each user a group of the same number and a umask of 002: nobody else is in it.
  const group = (stats.mode & 0o020n) !== 0n && stats.gid !== uid;
  if (!others && !group) return undefined;
  const mode = (stats.mode & 0o7777n).toString(8);
  return problem(path, `can be written by other users (mode ${mode})`, `Run: chmod go-w ${path}`);
}

function parents(path: string): string[] {
  const { root } = parse(path);
  const found: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    found.push(folder);
    if (folder === root || folder === dirname(folder)) return found;
  }
}

function problem(path: string, what: string, advice: string): AccessProblem {
  return { path, what: `${path} ${what}.`, advice };
}

/** The user whose rights count; undefined on Windows, where modes say nothing. */
function ownUid(): bigint | undefined {
  const uid = process.geteuid?.();
  return uid === undefined ? undefined : BigInt(uid);
}
