/**
 * Bytes that several secrets of the same value hold, so that a copy costs no copying. They are
 * zeroed when the last holder lets go; a holder that is never disposed leaves them to the garbage
 * collector, as a buffer of its own would have been.
 */
export class SharedBytes {
  readonly bytes: Buffer;
  #holders = 1;

  /** Takes the buffer over: nobody else may keep or change it. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** One more holder. */
  hold(): this {
    this.#holders += 1;
    return this;
  }

  /** One holder less; each holder MUST call it at most once. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.bytes.fill(0);
  }
}
