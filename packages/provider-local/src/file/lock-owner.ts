import { readFile, readlink, statfs } from "node:fs/promises";
import { hostname } from "node:os";
import { errnoOf } from "../errors.js";

/** Who holds a lock, as the lock file says. */
export interface LockOwner {
  readonly pid: number;
  /** Ticks from boot to the start of the process; tells a process from a later one with its pid. */
  readonly startTime?: string | undefined;
  readonly bootId?: string | undefined;
  /** Pids mean something only inside one namespace; containers have their own. */
  readonly pidNamespace?: string | undefined;
  readonly host: string;
  /** Differs between any two attempts to get a lock. */
  readonly token: string;
}

/**
 * Types of file systems that one running kernel alone can have mounted, from linux/magic.h: when a
 * lock on one of them was written under another boot, that boot and its processes are over.
 */
const localFileSystems: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0x01021994, // tmpfs
]);

/** This process, as the owner of a lock. */
export async function thisOwner(token: string): Promise<LockOwner> {
  thisProcess ??= describeThisProcess();
  return { ...(await thisProcess), token };
}

/** Never changes while the process lives, so it is found out once. */
let thisProcess: Promise<Omit<LockOwner, "token">> | undefined;

async function describeThisProcess(): Promise<Omit<LockOwner, "token">> {
  const [stat, bootId, pidNamespace] = await Promise.all([
    processStat(process.pid),
    readText("/proc/sys/kernel/random/boot_id"),
    readlink("/proc/self/ns/pid").catch(() => undefined),
  ]);
  return { pid: process.pid, startTime: stat?.startTime, bootId, pidNamespace, host: hostname() };
}

/** Reads the text of a lock file; undefined when it is not one of Kinko's. */
export function parseOwner(text: string): LockOwner | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { pid, startTime, bootId, pidNamespace, host, token } = parsed as Record<string, unknown>;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (typeof host !== "string" || typeof token !== "string" || !/^[0-9a-f]{32}$/u.test(token)) {
    return undefined;
  }
  return {
    pid,
    startTime: textOrUndefined(startTime),
    bootId: textOrUndefined(bootId),
    pidNamespace: textOrUndefined(pidNamespace),
    // It goes into error messages, and anybody can write a lock file.
    host: /^[\w.-]{1,255}$/u.test(host) ? host : "another host",
    token,
  };
}

/**
 * Whether the owner has certainly ended. False also means "not known": a live process that loses
 * its lock would overwrite what others were told is safe, so doubt counts as life.
 */
export async function isProvablyDead(
  owner: LockOwner,
  self: LockOwner,
  folder: string,
): Promise<boolean> {
  if (owner.bootId !== self.bootId) {
    return (
      owner.bootId !== undefined && self.bootId !== undefined && (await isLocalFileSystem(folder))
    );
  }
  if (owner.host !== self.host || owner.pidNamespace !== self.pidNamespace) return false;
  if (!processExists(owner.pid)) return true;
  const stat = await processStat(owner.pid);
  // Exists, but /proc does not show it (hidepid, or no /proc at all): not known.
  if (stat === undefined || owner.startTime === undefined) return false;
  return stat.startTime !== owner.startTime || stat.ended;
}

/** Knows processes that /proc hides from this user, which a look into /proc does not. */
function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== "ESRCH";
  }
}

interface ProcessStat {
  readonly startTime: string;
  readonly ended: boolean;
}

/** The fields of /proc/PID/stat that matter here, see proc(5). */
async function processStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the program's name in parentheses, and may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, threads, startTime] = [fields[0], fields[17], fields[19]];
  if (startTime === undefined) return undefined;
  // A killed process stays as a zombie until its parent asks. While it has other threads, one of
  // them may still be inside a rename.
  const ended = (state === "Z" || state === "X") && Number(threads) <= 1;
  return { startTime, ended };
}

async function isLocalFileSystem(folder: string): Promise<boolean> {
  try {
    return localFileSystems.has((await statfs(folder)).type);
  } catch {
    return false;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return undefined;
  }
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
