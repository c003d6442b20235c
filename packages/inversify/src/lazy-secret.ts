import { ClosedError, type Secret, type SecretRef, type SecretStore } from "@kinko/core";

/** A secret that is read once, when it is first wanted. */
export class LazySecret {
  readonly #store: SecretStore;
  readonly #ref: SecretRef;
  #reading: Promise<Secret> | undefined;
  #disposed = false;

  constructor(store: SecretStore, ref: SecretRef) {
    this.#store = store;
    this.#ref = ref;
  }

  /** Concurrent calls share one read; a failed read is forgotten. */
  get(): Promise<Secret> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** Zeroes the value, also one that is still on its way. */
  dispose(): void {
    this.#disposed = true;
    void this.#reading?.then(
      (secret) => secret.dispose(),
      () => undefined,
    );
  }

  async #read(): Promise<Secret> {
    try {
      const secret = await this.#store.get(this.#ref);
      if (!this.#disposed) return secret;
      secret.dispose();
      throw new ClosedError("The container was shut down while the secret was read.", {
        operation: "get",
        advice: "Resolve what you need before unbinding.",
      });
    } catch (error) {
      this.#reading = undefined;
      throw error;
    }
  }
}
