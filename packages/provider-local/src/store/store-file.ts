import { AbortedError, ClosedError, TooLargeError, type Clock } from "@kinko/core";
import { currentRecipients } from "../crypto/recipients.js";
import { Keyring } from "../crypto/keyring.js";
import { StoreDocument } from "../document/document.js";
import { Draft } from "../document/draft.js";
import { acquireLock, type FileLock } from "../file/lock.js";
import { removeLeftovers } from "../file/leftovers.js";
import type { FileStamp } from "../file/read-file.js";
import { writeFileDurably } from "../file/write-file.js";
import type { LocalSettings } from "../settings.js";
import { CommitQueue, type AddOptions, type Commit } from "./commit-queue.js";
import { maxStoreBytes, openDocument } from "./open-document.js";

/**
 * Once the folders above were safe, only their owner or root can make them unsafe. So it is enough
 * to look again now and then, and a busy store is spared a dozen system calls for each read.
 */
const parentCheckIntervalMs = 1_000;

/** Thrown to end the wait for a lock that nobody needs any more. */
const nothingLeft = new Error("nothing left to commit");

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
  #parentsCheckedAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: LocalSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
    this.#keyring = new Keyring(settings);
    this.#queue = new CommitQueue((jobs, signal, refuseLost) =>
      this.#commit(jobs, signal, refuseLost),
    );
  }

  /** Calls `look` with the newest content. The document is valid only during that call. */
  async read<Result>(
    signal: AbortSignal,
    look: (document: StoreDocument) => Result,
  ): Promise<Result> {
    this.#checkOpen();
    await this.#refresh();
    if (signal.aborted) throw new AbortedError("The call was cancelled.");
    return look(this.#current());
  }

  /**
   * Makes one change; when it resolves, the change is durable. `change` is applied to the newest
   * content; when it throws, nothing of it is written and others in the same group go on. It may
   * run more than once, so it must do nothing but change the draft.
   */
  change<Result>(
    signal: AbortSignal,
    change: (draft: Draft) => Result,
    options?: AddOptions,
  ): Promise<Result> {
    this.#checkOpen();
    return this.#queue.add(signal, change, options);
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

  async #commit(...[jobs, signal, refuseLost]: Parameters<Commit<Draft>>): Promise<void> {
    const { file } = this.settings;
    const lock = await this.#lock(signal, refuseLost);
    if (lock === undefined) return;
    try {
      await this.#refresh();
      const own = await this.#keyring.ownRecipient();
      const { recipients: documented } = this.#current().header;
      const recipients = await currentRecipients(this.settings, own, documented);
      // From here to the plaintext nothing is awaited: the document cannot be replaced meanwhile.
      const draft = this.#draft();
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

  /**
   * Waits for the lock; undefined when nothing is left that needs it. Under contention most
   * check-and-set writes lose their race while they wait. They are told as soon as the file shows
   * it, instead of taking a turn with the lock that others could use.
   */
  async #lock(
    signal: AbortSignal,
    refuseLost: Parameters<Commit<Draft>>[2],
  ): Promise<FileLock | undefined> {
    const { file, lockTimeoutMs: timeoutMs } = this.settings;
    // Before the lock, so that a missing store or a wrong key is said as such, and no lock file
    // appears in a folder that is not a store's.
    const look = async (): Promise<() => Draft> => {
      await this.#refresh();
      return () => this.#draft();
    };
    if (await refuseLost(look)) return undefined;
    const onWait = async (): Promise<void> => {
      if (await refuseLost(look)) throw nothingLeft;
    };
    try {
      return await acquireLock(file, { clock: this.#clock, timeoutMs, signal, onWait });
    } catch (error) {
      if (error === nothingLeft) return undefined;
      throw error;
    }
  }

  #draft(): Draft {
    return new Draft(this.#current(), new Date(this.#clock.now()).toISOString());
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
    const nowMs = this.#clock.monotonicMs();
    const checkParents = nowMs - this.#parentsCheckedAtMs >= parentCheckIntervalMs;
    const opened = await openDocument(this.settings.file, this.#keyring, {
      unless: this.#document === undefined ? undefined : this.#stamp,
      checkParents,
    });
    if (opened === undefined) return;
    if (checkParents) this.#parentsCheckedAtMs = nowMs;
    this.#replace(opened.document, opened.stamp);
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
