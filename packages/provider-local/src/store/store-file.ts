import { ClosedError, TooLargeError, type Clock } from "@kinko/core";
import { currentRecipients } from "../crypto/recipients.js";
import { Keyring } from "../crypto/keyring.js";
import { StoreDocument } from "../document/document.js";
import { Draft } from "../document/draft.js";
import { acquireLock } from "../file/lock.js";
import { removeLeftovers } from "../file/leftovers.js";
import { readStamp, sameStamp, type FileStamp } from "../file/read-file.js";
import { writeFileDurably } from "../file/write-file.js";
import type { LocalSettings } from "../settings.js";
import { CommitQueue, type CommitJob } from "./commit-queue.js";
import { maxStoreBytes, openDocument, storeFileError } from "./open-document.js";

/**
 * The store file as this process sees it.
 *
 * Reads take no lock, since a commit replaces the file at once: each looks whether the file is
 * still the one that was decrypted last, and decrypts it again when it is not. Writes are queued
 * and committed in groups, under a lock that holds between processes.
 */
export class StoreFile {
  readonly settings: LocalSettings;
  readonly #clock: Clock;
  readonly #keyring: Keyring;
  readonly #queue: CommitQueue<Draft>;
  #document: StoreDocument | undefined;
  #stamp: FileStamp | undefined;
  #refreshing: Promise<void> | undefined;
  #nextRefresh: Promise<void> | undefined;
  #closed = false;

  constructor(settings: LocalSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
    this.#keyring = new Keyring(settings);
    this.#queue = new CommitQueue((jobs, signal) => this.#commit(jobs, signal));
  }

  /** Calls `look` with the newest content. The document is valid only during that call. */
  async read<Result>(
    signal: AbortSignal,
    look: (document: StoreDocument) => Result,
  ): Promise<Result> {
    this.#checkOpen();
    await this.#refresh();
    signal.throwIfAborted();
    return look(this.#current());
  }

  /**
   * Makes one change; when it resolves, the change is durable. `change` runs once, on the newest
   * content; when it throws, nothing of it is written and others in the same group go on.
   */
  change<Result>(signal: AbortSignal, change: (draft: Draft) => Result): Promise<Result> {
    this.#checkOpen();
    return this.#queue.add(signal, change);
  }

  /** Ends the commit under way, refuses those that wait, and erases the content. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.close();
    await this.#refreshing?.catch(() => undefined);
    this.#document?.dispose();
    this.#document = undefined;
    this.#stamp = undefined;
    this.#keyring.dispose();
  }

  async #commit(jobs: () => readonly CommitJob<Draft>[], signal: AbortSignal): Promise<void> {
    const { file, lockTimeoutMs } = this.settings;
    const lock = await this.#lock(signal, lockTimeoutMs);
    try {
      await this.#refresh();
      const own = await this.#keyring.ownRecipient();
      const { recipients: documented } = this.#current().header;
      const recipients = await currentRecipients(this.settings, own, documented);
      // From here to the plaintext nothing is awaited: the document cannot be replaced meanwhile.
      const draft = new Draft(this.#current(), new Date(this.#clock.now()).toISOString());
      for (const job of jobs()) job.apply(draft);
      if (!draft.changed) return;
      const plaintext = draft.serialise(recipients);
      try {
        if (plaintext.byteLength > maxStoreBytes / 2) throw storeFull();
        const { encryptTo } = await import("../crypto/age.js");
        const ciphertext = await encryptTo(recipients, plaintext);
        await removeLeftovers(file, lock.token);
        const stamp = await writeFileDurably(file, ciphertext, {
          beforeRename: () => lock.verify(),
        });
        this.#replace(StoreDocument.parse(plaintext), stamp);
      } catch (error) {
        plaintext.fill(0);
        throw error;
      }
    } finally {
      await lock.release();
    }
  }

  async #lock(signal: AbortSignal, timeoutMs: number): ReturnType<typeof acquireLock> {
    // Before the lock, so that a missing store or a wrong key is said as such, and no lock file
    // appears in a folder that is not a store's.
    await this.#refresh();
    return acquireLock(this.settings.file, { clock: this.#clock, timeoutMs, signal });
  }

  /**
   * Makes the document the newest one. Callers that come while a refresh runs wait for the next
   * one, which they share: the one under way may have looked at the file before they asked.
   */
  #refresh(): Promise<void> {
    if (this.#nextRefresh !== undefined) return this.#nextRefresh;
    const before = this.#refreshing ?? Promise.resolve();
    const next = before
      .catch(() => undefined)
      .then(() => {
        this.#refreshing = next;
        this.#nextRefresh = undefined;
        return this.#reload();
      });
    this.#nextRefresh = next;
    return next;
  }

  async #reload(): Promise<void> {
    const { file } = this.settings;
    if (this.#document !== undefined && this.#stamp !== undefined) {
      const stamp = await this.#readStamp();
      if (sameStamp(stamp, this.#stamp)) return;
    }
    const { document, stamp } = await openDocument(file, this.#keyring);
    this.#replace(document, stamp);
  }

  async #readStamp(): Promise<FileStamp> {
    try {
      return await readStamp(this.settings.file);
    } catch (error) {
      throw storeFileError(this.settings.file, error);
    }
  }

  #replace(document: StoreDocument, stamp: FileStamp): void {
    if (this.#closed) {
      document.dispose();
      return;
    }
    this.#document?.dispose();
    this.#document = document;
    this.#stamp = stamp;
  }

  #current(): StoreDocument {
    this.#checkOpen();
    return this.#document as StoreDocument;
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new ClosedError("The store was closed.", { advice: "Open a new one." });
  }
}

function storeFull(): TooLargeError {
  return new TooLargeError(`The store would grow beyond ${maxStoreBytes / 2} bytes.`, {
    reason: "store-full",
    advice: "Purge secrets or old versions, or move to a server such as Vault.",
  });
}
