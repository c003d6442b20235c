import type { StoredEntry } from "./entry.js";
import { serialiseEntry } from "./entry.js";
import { ownBytes, serialiseDocument, type StoreDocument } from "./document.js";

/** Changes to a document that become one commit. */
export class Draft {
  readonly #base: StoreDocument;
  readonly #changes = new Map<string, StoredEntry | undefined>();
  #rewrite = false;
  /** Time of the commit, ISO 8601. */
  readonly now: string;

  constructor(base: StoreDocument, now: string) {
    this.#base = base;
    this.now = now;
  }

  get changed(): boolean {
    return this.#rewrite || this.#changes.size > 0;
  }

  /** The secret with the changes so far. */
  entry(key: string): StoredEntry | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.entry(key);
  }

  set(key: string, entry: StoredEntry): void {
    this.#changes.set(key, entry);
  }

  remove(key: string): void {
    this.#changes.set(key, undefined);
  }

  /** Encrypts the store again though nothing in it changed, such as for other recipients. */
  rewrite(): void {
    this.#rewrite = true;
  }

  /** The plaintext of the next generation. */
  serialise(recipients: readonly string[]): Buffer {
    const { storeId, generation, createdAt } = this.#base.header;
    const header = {
      storeId,
      generation: generation + 1,
      createdAt,
      updatedAt: this.now,
      recipients,
    };
    const fresh: Buffer[] = [];
    try {
      return serialiseDocument(header, this.#entries(fresh));
    } finally {
      for (const bytes of fresh) bytes.fill(0);
    }
  }

  *#entries(fresh: Buffer[]): Generator<readonly [string, Buffer]> {
    const encode = (entry: StoredEntry): Buffer => {
      const bytes = ownBytes(serialiseEntry(entry));
      fresh.push(bytes);
      return bytes;
    };
    for (const [key, bytes] of this.#base.entries()) {
      if (!this.#changes.has(key)) yield [key, bytes];
      else {
        const entry = this.#changes.get(key);
        if (entry !== undefined) yield [key, encode(entry)];
      }
    }
    for (const [key, entry] of this.#changes) {
      if (entry !== undefined && !this.#base.has(key)) yield [key, encode(entry)];
    }
  }
}
