import { randomBytes } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  formatIdentity,
  hasEnded,
  identityOf,
  identityPattern,
  systemProcesses,
  type ProcessIdentity,
  type ProcessTable,
} from "@kinko/core/leases";
import { vaultError } from "../../errors/vault-error.js";
import type { TransitPlace } from "../errors.js";

/** The right to make an output, which one run at a time has. */
export interface OutputLock {
  /** Never throws: what was delivered is good, and a lock that stays ends with the process. */
  release(): Promise<void>;
}

/** What is behind the output's name in that of a lock file; the whole identity of its owner. */
const ownerPattern = new RegExp(String.raw`^${identityPattern}\.[0-9a-f]{8}$`, "u");

/**
 * Takes the right to make the output, or tells who has it.
 *
 * Each run lays down a file of its own, and only then looks for others': of two runs, the later one
 * to look sees the other, so never both go on. At worst, started in the same moment, both are
 * refused. No two files have the same name, so that removing one whose owner has ended can never
 * hit a newer lock.
 *
 * @throws ConflictError `rewrap-running`
 */
export async function lockOutput(
  output: string,
  place: TransitPlace,
  table: ProcessTable = systemProcesses(),
): Promise<OutputLock> {
  const prefix = `.${basename(output)}.rewrap-lock-`;
  const folder = dirname(output);
  const own = `${prefix}${formatIdentity(table.self)}.${randomBytes(4).toString("hex")}`;
  await refuseOthers(folder, prefix, own, table, place);
  await (await open(join(folder, own), "wx", 0o600)).close();
  const lock: OutputLock = {
    release: () => rm(join(folder, own), { force: true }).catch(() => undefined),
  };
  try {
    await refuseOthers(folder, prefix, own, table, place);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
}

async function refuseOthers(
  folder: string,
  prefix: string,
  own: string,
  table: ProcessTable,
  place: TransitPlace,
): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === own || !name.startsWith(prefix)) continue;
    const owner = parseOwner(name.slice(prefix.length));
    if (owner === undefined) continue;
    const file = join(folder, name);
    if (!hasEnded(owner, table)) throw running(owner, file, table, place);
    await rm(file, { force: true });
  }
}

function parseOwner(text: string): ProcessIdentity | undefined {
  const parts = ownerPattern.exec(text)?.groups;
  return parts === undefined ? undefined : identityOf(parts);
}

function running(
  owner: ProcessIdentity,
  file: string,
  table: ProcessTable,
  place: TransitPlace,
): Error {
  const near = owner.place === table.self.place;
  const where = near ? "" : " of another machine or container";
  return vaultError("Conflict", `Process ${owner.pid}${where} is making this output already.`, {
    ...place,
    reason: "rewrap-running",
    field: "output",
    advice: near
      ? "Wait until it has finished, or end it; then call again, to go on where it was."
      : `Wait until it has finished; when it has certainly ended, remove ${file}.`,
  });
}
