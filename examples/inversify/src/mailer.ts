import type { SecretStore } from "@kinko/core";

/** Asks the store each time, so that a rotated key counts from the next mail on. */
export class Mailer {
  readonly #store: SecretStore;

  constructor(store: SecretStore) {
    this.#store = store;
  }

  async authorization(): Promise<string> {
    const key = await this.#store.get("shop/mail-key");
    return `Bearer ${key.text()}`;
  }
}
