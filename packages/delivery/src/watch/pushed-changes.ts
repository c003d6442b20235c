import type { SecretRef, SecretStore } from "@kinko/core";

/** Listens for changes that a store pushes, and tells that there may be some. */
export class PushedChanges {
  readonly #controller = new AbortController();
  #changed = false;
  #failure: unknown;
  #wake: () => void = () => undefined;

  constructor(store: SecretStore, refs: readonly SecretRef[]) {
    void this.#listen(store, refs);
  }

  /** Calls back at once when something has changed since the last call, else when it does. */
  onChange(wake: () => void): void {
    this.#wake = wake;
    if (this.#changed || this.#failure !== undefined) wake();
  }

  /** Before a look: what changes from now on is seen by the next one. @throws what ended the pushes */
  begin(): void {
    this.#wake = () => undefined;
    this.#changed = false;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure as Error;
  }

  close(): void {
    this.#wake = () => undefined;
    this.#controller.abort();
  }

  async #listen(store: SecretStore, refs: readonly SecretRef[]): Promise<void> {
    const { signal } = this.#controller;
    try {
      const changes = store.watch(refs, { signal })[Symbol.asyncIterator]();
      while ((await changes.next()).done !== true) {
        this.#changed = true;
        this.#wake();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = error;
      this.#wake();
    }
  }
}
