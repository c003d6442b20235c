/** Pieces of bytes, such as a Node stream gives them. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Takes exact numbers of bytes from pieces of any size, and then the rest. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#pieces =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** A copy of the next bytes; fewer when the source ends before. */
  async take(byteLength: number): Promise<Buffer> {
    const bytes = Buffer.alloc(byteLength);
    let filled = 0;
    while (filled < byteLength && (await this.#fill())) {
      const part = this.#piece.subarray(0, byteLength - filled);
      bytes.set(part, filled);
      filled += part.byteLength;
      this.#piece = this.#piece.subarray(part.byteLength);
    }
    return bytes.subarray(0, filled);
  }

  /**
   * The rest in blocks of one size; the last one may be shorter, or empty when the rest is. A block
   * is known to be the last one when it comes. Its bytes are valid until the next one is asked for.
   */
  async *blocks(
    byteLength: number,
  ): AsyncGenerator<{ readonly bytes: Buffer; readonly last: boolean }> {
    const block = Buffer.alloc(byteLength);
    let filled = 0;
    try {
      while (await this.#fill()) {
        if (filled === byteLength) {
          yield { bytes: block, last: false };
          filled = 0;
        }
        const part = this.#piece.subarray(0, byteLength - filled);
        block.set(part, filled);
        filled += part.byteLength;
        this.#piece = this.#piece.subarray(part.byteLength);
      }
      yield { bytes: block.subarray(0, filled), last: true };
    } finally {
      block.fill(0);
    }
  }

  /** Lets the source go; for one that is not read to its end. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  /** Whether there is at least one byte more. */
  async #fill(): Promise<boolean> {
    while (this.#piece.byteLength === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return false;
      this.#piece = next.value;
    }
    return true;
  }
}
