import { JournalDirectory, type Orphans } from "./directory.js";
import type { JournalFile } from "./journal-file.js";
import { systemProcesses, type ProcessTable } from "./process-identity.js";

/** Where leases are written down, so that those of a crashed process are revoked by the next one. */
export interface LeaseJournalOptions {
  /**
   * Folder of this user alone; it is made with mode 0700. It may be shared by any number of
   * processes: each has a file of its own, with lease ids and never a value.
   */
  readonly directory: string;
  /** Which backend the leases belong to, where one folder serves several. Default `default`. */
  readonly scope?: string | undefined;
  /**
   * True when only one process at a time uses the folder, such as the volume of a container: then
   * whatever is found is an orphan. Else journals of other machines and containers are left alone, because
   * their processes cannot be seen from here. Default false.
   */
  readonly exclusive?: boolean | undefined;
}

/** What the manager tells of its leases. */
export interface LeaseJournal {
  /** Resolves when the lease would survive a crash. */
  add(leaseId: string): Promise<void>;
  ended(leaseId: string): Promise<void>;
  /** What ended processes left; asked for once, at the start. */
  orphans(): Promise<readonly Orphans[]>;
  close(): Promise<void>;
}

/** Remembers nothing. */
export const noJournal: LeaseJournal = {
  add: () => Promise.resolve(),
  ended: () => Promise.resolve(),
  orphans: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

/** A journal in a folder; nothing is touched before the first call. */
export function createLeaseJournal(
  { directory, scope = "default", exclusive = false }: LeaseJournalOptions,
  table: ProcessTable = systemProcesses(),
): LeaseJournal {
  const folder = new JournalDirectory({ path: directory, scope, exclusive, table });
  let opening: Promise<JournalFile> | undefined;
  let taken: readonly Orphans[] = [];
  const open = (): Promise<JournalFile> =>
    (opening ??= folder.prepare().then(
      () => folder.create(),
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    ));
  return {
    add: async (leaseId) => (await open()).add(leaseId),
    ended: async (leaseId) => (await open()).ended(leaseId),
    async orphans() {
      await open();
      taken = await folder.takeOrphans();
      return taken;
    },
    async close() {
      const own = await opening?.catch(() => undefined);
      const files = taken.map(({ file }) => file);
      if (own !== undefined) files.push(own);
      await Promise.all(files.map((file) => file.close()));
    },
  };
}
