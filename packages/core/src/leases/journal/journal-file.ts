import { constants } from "node:fs";
import { open, rename, unlink, type FileHandle } from "node:fs/promises";
import { addedLine, endedLine } from "./records.js";

/** A journal longer than this is written anew with what lives, in bytes. */
const compactionBytes = 1024 * 1024;

/** Appends to one journal. Lines of one moment are written and synced together. */
export class JournalFile {
  readonly #path: string;
  readonly #living: Set<string>;
  #file: FileHandle | undefined;
  #pending: string[] = [];
  #writtenBytes = 0;
  #closed = false;
  #flushing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param living what the file at that path already says */
  constructor(path: string, living: Iterable<string> = []) {
    this.#path = path;
    this.#living = new Set(living);
  }

  /** Resolves when a crash can no longer make the lease forgotten. */
  add(leaseId: string): Promise<void> {
    this.#living.add(leaseId);
    return this.#append(addedLine(leaseId));
  }

  ended(leaseId: string): Promise<void> {
    return this.#living.delete(leaseId) ? this.#append(endedLine(leaseId)) : Promise.resolve();
  }

  /** Closes the file, and removes it when no lease of it lives. */
  async close(): Promise<void> {
    this.#closed = true;
    await (this.#next ?? this.#flushing).catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    if (this.#living.size === 0) await unlink(this.#path).catch(() => undefined);
  }

  #append(line: string): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#pending.push(line);
    this.#next ??= this.#flushing.catch(() => undefined).then(() => this.#flush());
    return this.#next;
  }

  async #flush(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    this.#flushing = this.#next ?? this.#flushing;
    this.#next = undefined;
    try {
      if (this.#writtenBytes > compactionBytes) await this.#compact();
      else await this.#write(lines.join(""));
    } catch (error) {
      // They may be there in part: the next attempt begins a line of its own and writes all again.
      this.#pending.unshift("\n", ...lines);
      throw error;
    }
  }

  async #write(text: string): Promise<void> {
    this.#file ??= await openPrivate(this.#path, constants.O_APPEND);
    await this.#file.appendFile(text);
    await this.#file.datasync();
    this.#writtenBytes += text.length;
  }

  async #compact(): Promise<void> {
    const text = [...this.#living].map(addedLine).join("");
    const path = `${this.#path}.new`;
    const file = await openPrivate(path, constants.O_TRUNC);
    try {
      await file.writeFile(text);
      await file.datasync();
      await rename(path, this.#path);
    } finally {
      await file.close();
    }
    await this.#file?.close();
    this.#file = undefined;
    this.#writtenBytes = 0;
  }
}

/** A link in the place of the file is not followed. */
function openPrivate(path: string, flag: number): Promise<FileHandle> {
  return open(path, constants.O_CREAT | constants.O_NOFOLLOW | constants.O_WRONLY | flag, 0o600);
}
