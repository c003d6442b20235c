import { constants, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { fileProblem, parentProblem, type AccessProblem, type FileRole } from "./access.js";

/**
 * The start of an age file holds a fresh random key share, so these bytes differ between any two
 * encryptions. Times alone do not tell: they tick every few milliseconds, and a file system gives
 * the number of a replaced file to the next one.
 */
const headBytes = 256;

/** What tells whether a file is still the same. */
export interface FileStamp {
  readonly id: string;
  readonly head: Buffer;
}

/** A file that was read and whose owner, mode and type were right. */
export interface CheckedFile {
  readonly bytes: Buffer;
  readonly stamp: FileStamp;
}

/** Thrown when a file is there but cannot be trusted; the caller gives it its code and reason. */
export class InsecureFileError extends Error {
  readonly problem: AccessProblem;

  constructor(problem: AccessProblem) {
    super(problem.what);
    this.name = "InsecureFileError";
    this.problem = problem;
  }
}

/** How to read a file. */
export interface ReadOptions {
  readonly role: FileRole;
  readonly maxBytes: number;
  /** Nothing is read when the file still has this stamp. */
  readonly unless?: FileStamp | undefined;
  /** False: the folders above were checked a moment ago. Default true. */
  readonly checkParents?: boolean;
}

/**
 * Reads a file through one handle that was checked first, so that nobody can swap it in between.
 * Symbolic links are refused. Undefined when the file has the stamp of `unless`.
 * @throws InsecureFileError, or the error of the system call.
 */
export async function readFileIfChanged(
  path: string,
  options: ReadOptions,
): Promise<CheckedFile | undefined> {
  const { role, maxBytes, unless } = options;
  const handle = await openChecked(path);
  try {
    const stats = await handle.stat({ bigint: true });
    if (unless?.id === idOf(stats)) {
      const head = await readFrom(handle, unless.head.byteLength);
      if (head.equals(unless.head)) return undefined;
    }
    const found =
      fileProblem(path, stats, role) ??
      (options.checkParents === false ? undefined : await parentProblem(path));
    if (found !== undefined) throw new InsecureFileError(found);
    if (stats.size > BigInt(maxBytes)) {
      throw new InsecureFileError({
        path,
        what: `${path} is larger than ${maxBytes} bytes.`,
        advice: "Put a file of Kinko in its place.",
      });
    }
    const bytes = await readFrom(handle, Number(stats.size));
    return { bytes, stamp: stampOf(stats, bytes) };
  } finally {
    await handle.close();
  }
}

/** Reads a file, checked as by {@link readFileIfChanged}. */
export async function readCheckedFile(
  path: string,
  role: FileRole,
  maxBytes: number,
): Promise<CheckedFile> {
  return (await readFileIfChanged(path, { role, maxBytes })) as CheckedFile;
}

/** What tells a file apart from any other that was or will be at the same path. */
export function stampOf(stats: BigIntStats, bytes: Buffer): FileStamp {
  // A copy, since the rest of the buffer may be large or be erased.
  const head = Buffer.alloc(Math.min(bytes.byteLength, headBytes));
  bytes.copy(head);
  return { id: idOf(stats), head };
}

function idOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

async function openChecked(path: string): Promise<FileHandle> {
  try {
    // Not blocking, or opening a FIFO would wait for somebody who writes into it.
    return await open(path, constants.O_RDONLY | noFollow | nonBlock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOOP") throw error;
    throw new InsecureFileError({
      path,
      what: `${path} is a symbolic link.`,
      advice: "Put the file itself there, or name the file that the link leads to.",
    });
  }
}

async function readFrom(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === size ? bytes : bytes.subarray(0, filled);
}

// Absent on Windows.
const noFollow = constants.O_NOFOLLOW ?? 0;
const nonBlock = constants.O_NONBLOCK ?? 0;
