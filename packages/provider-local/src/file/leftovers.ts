import { readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isProvablyDead, parseOwner, thisOwner } from "./lock-owner.js";
import { lockFileOf } from "./lock.js";

/**
 * Removes what crashed processes left beside `file`. Call it only while holding the lock:
 * - temporary store files, since nobody but the owner of the lock writes one;
 * - claims on locks, since those locks are gone;
 * - lock candidates of processes that are dead, or that say nothing. Removing one of a live process
 *   is safe too: it writes a new one.
 *
 * Only names that this package makes are looked at. A leftover that cannot be removed is no
 * reason to fail a write.
 */
export async function removeLeftovers(file: string, lockToken: string): Promise<void> {
  const folder = dirname(file);
  const store = basename(file);
  const lock = basename(lockFileOf(file));
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    try {
      if (isNamed(name, store, "tmp")) await rm(path, { force: true });
      else if (isNamed(name, lock, "claim")) await rm(path, { force: true });
      else if (isNamed(name, lock, "tmp") && !name.includes(lockToken)) {
        if (await isAbandoned(path)) await rm(path, { force: true });
      }
    } catch {
      continue;
    }
  }
}

/** BASE.TOKEN.SUFFIX, as writeFileDurably and acquireLock name them. */
function isNamed(name: string, base: string, suffix: string): boolean {
  if (!name.startsWith(`${base}.`) || !name.endsWith(`.${suffix}`)) return false;
  return /^[0-9a-f]{32}$/u.test(name.slice(base.length + 1, -suffix.length - 1));
}

async function isAbandoned(candidate: string): Promise<boolean> {
  const owner = parseOwner(await readFile(candidate, "utf8"));
  // Its process was killed between making and writing it, or is there at this moment.
  if (owner === undefined) return true;
  return isProvablyDead(owner, await thisOwner(owner.token), dirname(candidate));
}
