import type { CacheEntry, CacheStorage } from "./cache-storage.js";

/** Bounds of {@link createMemoryStorage}. */
export interface MemoryStorageOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Keeps entries in this process; the least recently used ones make room for new ones. */
export function createMemoryStorage(options: MemoryStorageOptions): CacheStorage {
  return new MemoryStorage(options);
}

/** A Map iterates in the order of insertion, so an entry that is used is inserted again. */
class MemoryStorage implements CacheStorage {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #entries = new Map<string, CacheEntry>();
  #bytes = 0;
  #evicted: (entry: CacheEntry) => void = () => undefined;

  constructor({ maxEntries, maxBytes }: MemoryStorageOptions) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get(key: string): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: CacheEntry): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    for (const [oldestKey, oldest] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) return;
      this.delete(oldestKey);
      this.#evicted(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  entries(): Iterable<CacheEntry> {
    return this.#entries.values();
  }

  onEvict(listener: (entry: CacheEntry) => void): void {
    this.#evicted = listener;
  }
}
