import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../../errors/classes.js";
import { formatJournalName, parseJournalName } from "./file-name.js";
import { JournalFile } from "./journal-file.js";
import { hasEnded, type ProcessTable } from "./process-identity.js";
import { livingLeases } from "./records.js";

/** Leases of a process that has ended, now in this process's care. */
export interface Orphans {
  readonly leaseIds: readonly string[];
  readonly file: JournalFile;
}

/** A journal larger than this is not Kinko's work, in bytes. */
const maxJournalBytes = 64 * 1024 * 1024;

/** The folder in which processes of one user keep their journals. */
export class JournalDirectory {
  readonly #path: string;
  readonly #scope: string;
  readonly #exclusive: boolean;
  readonly #table: ProcessTable;

  constructor(options: {
    readonly path: string;
    readonly scope: string;
    readonly exclusive: boolean;
    readonly table: ProcessTable;
  }) {
    this.#path = options.path;
    this.#exclusive = options.exclusive;
    this.#table = options.table;
    const { createHash } = process.getBuiltinModule("node:crypto");
    this.#scope = createHash("sha256").update(options.scope).digest("hex").slice(0, 12);
  }

  /** @throws ConfigError when others could read or change what is in it */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.#path, { recursive: true, mode: 0o700 });
    } catch {
      throw unusable("cannot be made");
    }
    const found = await lstat(this.#path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw unusable("is not a folder");
    if (process.platform === "win32") return;
    if (found.uid !== process.getuid?.()) throw unusable("belongs to somebody else");
    if ((found.mode & 0o077) !== 0) throw unusable("is open to others");
  }

  /** The journal of this instance; the file is made with its first line. */
  create(): JournalFile {
    return new JournalFile(this.#ownPath());
  }

  /**
   * Takes over what ended processes left. A rename decides between instances that start together,
   * and makes this process the one that is judged from then on.
   */
  async takeOrphans(): Promise<Orphans[]> {
    const taken: Orphans[] = [];
    for (const name of await readdir(this.#path)) {
      const journal = parseJournalName(name);
      if (journal === undefined || journal.scope !== this.#scope) continue;
      if (!this.#isOrphaned(journal.writer)) continue;
      const path = this.#ownPath();
      try {
        await rename(join(this.#path, name), path);
      } catch {
        // Another instance was quicker.
        continue;
      }
      const leaseIds = livingLeases(await readPrivate(path));
      taken.push({ leaseIds, file: new JournalFile(path, leaseIds) });
    }
    return taken;
  }

  #isOrphaned(writer: ProcessTable["self"]): boolean {
    const { self } = this.#table;
    const own = writer.place === self.place && writer.boot === self.boot && writer.pid === self.pid;
    if (own && writer.startedAt === self.startedAt) return false;
    return this.#exclusive || hasEnded(writer, this.#table);
  }

  #ownPath(): string {
    const { randomBytes } = process.getBuiltinModule("node:crypto");
    const serial = randomBytes(8).toString("hex");
    const name = formatJournalName({ scope: this.#scope, writer: this.#table.self, serial });
    return join(this.#path, name);
  }
}

async function readPrivate(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > maxJournalBytes) return "";
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

function unusable(what: string): ConfigError {
  return new ConfigError(`The folder of the lease journal ${what}.`, {
    operation: "open",
    reason: "journal-directory",
    field: "journal.directory",
    advice: "Name a folder of the same user with mode 0700, or one that does not exist yet.",
  });
}
