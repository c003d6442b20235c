import { randomInt } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, open, rm, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "@kinko/core";
import { errnoOf, localError } from "../errors.js";
import { isProvablyDead, parseOwner, thisOwner, type LockOwner } from "./lock-owner.js";
import { randomToken, writeAll } from "./write-file.js";

/** Longest pause between two attempts, in milliseconds. */
const maxPauseMs = 40;

/** How long and under which clock to wait. */
export interface LockOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called before each new attempt; what it throws ends the wait. */
  readonly onWait?: () => Promise<void>;
}

/** A lock that is held. */
export interface FileLock {
  readonly token: string;
  /** @throws UnavailableError `lock-lost` when somebody removed the lock file. */
  verify(): Promise<void>;
  /** Never throws. */
  release(): Promise<void>;
}

/** The lock file of a store file. */
export function lockFileOf(file: string): string {
  return `${file}.lock`;
}

/** The right to remove the lock that has this token, after its owner has died. */
function claimFileOf(lockFile: string, token: string): string {
  return `${lockFile}.${token}.claim`;
}

/**
 * Takes the lock beside `file`: a file with its owner inside, made complete by link(2), which
 * fails when there is one already.
 *
 * Not the package proper-lockfile: that takes over a lock whose time stamp is old, so a suspended
 * process (SIGSTOP, a closed laptop) loses its lock while alive and later overwrites what others
 * wrote; and after a SIGKILL everybody waits until the stamp is old. Here a lock is taken over at
 * once when its owner is certainly dead, and never otherwise.
 *
 * @throws UnavailableError `store-locked` when a live owner keeps it longer than `timeoutMs`;
 * AbortedError; or the error of the system call.
 */
export async function acquireLock(file: string, options: LockOptions): Promise<FileLock> {
  const lockFile = lockFileOf(file);
  const { clock } = options;
  const giveUpAtMs = clock.monotonicMs() + options.timeoutMs;
  const self = await thisOwner(randomToken());
  const candidate = `${lockFile}.${self.token}.tmp`;
  try {
    await removeUnreleased(lockFile);
    await writeCandidate(candidate, self);
    for (let attempt = 0; ; attempt += 1) {
      if (await tryLink(candidate, lockFile, self)) return await heldLock(lockFile, self.token);
      const owner = await readOwner(lockFile);
      if (owner === "absent") continue;
      if (owner !== "unknown" && (await isProvablyDead(owner, self, dirname(file)))) {
        if (await removeDead(lockFile, owner, candidate, self)) continue;
      }
      const leftMs = giveUpAtMs - clock.monotonicMs();
      if (leftMs <= 0) throw storeLocked(lockFile, owner, self);
      const pauseMs = randomInt(1, Math.min(2 ** Math.min(attempt, 6), maxPauseMs) + 2);
      await clock.sleep(Math.min(pauseMs, leftMs), { signal: options.signal });
      await options.onWait?.();
    }
  } finally {
    await rm(candidate, { force: true }).catch(() => undefined);
  }
}

/** Locks of this process that could not be removed when they were released, by their path. */
const unreleased = new Map<string, string>();

/** Tries again, or this process would wait for itself as long as it lives. */
async function removeUnreleased(lockFile: string): Promise<void> {
  const token = unreleased.get(lockFile);
  if (token === undefined) return;
  const owner = await readOwner(lockFile);
  if (owner === "unknown") return;
  if (owner !== "absent" && owner.token === token) await unlink(lockFile);
  unreleased.delete(lockFile);
}

async function writeCandidate(candidate: string, self: LockOwner): Promise<void> {
  const flags =
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(candidate, flags, 0o600);
  try {
    await writeAll(handle, Buffer.from(`${JSON.stringify(self)}\n`));
  } finally {
    await handle.close();
  }
}

/** True when `target` is now ours, false when there is one already. */
async function tryLink(candidate: string, target: string, self: LockOwner): Promise<boolean> {
  try {
    await link(candidate, target);
    return true;
  } catch (error) {
    switch (errnoOf(error)) {
      case "EEXIST":
        return false;
      case "ENOENT":
        // Somebody swept the candidate away as a leftover.
        await writeCandidate(candidate, self);
        return false;
      case "ENOTSUP":
      case "ENOSYS":
        throw localError(
          "Unavailable",
          "locks-unsupported",
          "The file system of the store has no hard links, which Kinko locks with.",
          "Keep the store on another file system.",
        );
      default:
        throw error;
    }
  }
}

async function readOwner(path: string): Promise<LockOwner | "absent" | "unknown"> {
  let text: string;
  try {
    // As the store file: no link is followed, and a FIFO cannot make this wait.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const handle = await open(path, flags);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
      text = buffer.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "absent";
    return "unknown";
  }
  return parseOwner(text) ?? "unknown";
}

/**
 * Removes the lock of a dead owner; true when it is gone.
 *
 * Looking and then unlinking would race: between both, another process may have removed the dead
 * lock and taken a new one, which the unlink would then remove. So the right to remove the lock
 * with token T is a file of its own, named after T and taken by link(2). While T's lock exists its
 * claim is never removed, so there is one claimant at a time; the dead owner cannot remove its own
 * lock and nobody can take it while it exists. So what the claimant sees, stays until it acts.
 * When a claimant dies, its right passes on by the same rule: the claim has a token as well.
 */
async function removeDead(
  lockFile: string,
  dead: LockOwner,
  candidate: string,
  self: LockOwner,
): Promise<boolean> {
  const claims: string[] = [];
  let predecessor = dead;
  while (true) {
    const claim = claimFileOf(lockFile, predecessor.token);
    claims.push(claim);
    if (await tryLink(candidate, claim, self)) break;
    const claimant = await readOwner(claim);
    if (claimant === "absent" || claimant === "unknown") return false;
    if (!(await isProvablyDead(claimant, self, dirname(lockFile)))) return false;
    predecessor = claimant;
  }
  const own = claims.at(-1) as string;
  try {
    const current = await readOwner(lockFile);
    if (current === "unknown") return false;
    if (current !== "absent" && current.token === dead.token) await unlink(lockFile);
    // That lock is gone, so every claim on it is void.
    for (const claim of claims) await rm(claim, { force: true });
    return true;
  } finally {
    // The lock may still be there: then only the own right is given up, and the chain stays whole.
    await rm(own, { force: true });
  }
}

async function heldLock(lockFile: string, token: string): Promise<FileLock> {
  // Number and time of writing tell it from any other: while it stands nobody gets its number, and
  // whoever gets the number later writes later.
  const { dev, ino, mtimeNs } = await lstat(lockFile, { bigint: true }).catch((error: unknown) => {
    unreleased.set(lockFile, token);
    throw error;
  });
  const isOurs = async (): Promise<boolean> => {
    try {
      const now = await lstat(lockFile, { bigint: true });
      return now.ino === ino && now.dev === dev && now.mtimeNs === mtimeNs;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
  };
  return {
    token,
    async verify() {
      if (await isOurs()) return;
      throw localError(
        "Unavailable",
        "lock-lost",
        "The lock of the store was removed during a write; nothing was changed.",
        "Try again, and remove lock files only when their owner has ended.",
      );
    },
    async release() {
      try {
        if (await isOurs()) await unlink(lockFile);
      } catch {
        // What was written is durable, so the write has not failed.
        unreleased.set(lockFile, token);
      }
    },
  };
}

function storeLocked(
  lockFile: string,
  owner: LockOwner | "unknown",
  self: LockOwner,
): ReturnType<typeof localError> {
  if (owner === "unknown") {
    return localError(
      "Unavailable",
      "store-locked",
      `The store is locked, and ${lockFile} does not say by whom.`,
      `When nothing uses the store any more, remove ${lockFile}.`,
    );
  }
  const local = owner.host === self.host && owner.pidNamespace === self.pidNamespace;
  return localError(
    "Unavailable",
    "store-locked",
    `The store is locked by process ${owner.pid} on ${owner.host}.`,
    local
      ? "Wait until it has finished, or end that process (a stopped one goes on with kill -CONT)."
      : `Wait until it has finished; when that process has certainly ended, remove ${lockFile}.`,
  );
}
