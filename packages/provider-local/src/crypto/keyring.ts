import type { LocalSettings } from "../settings.js";
import type { KeyPair } from "./age.js";
import { loadKeys } from "./identity.js";

/** The keys of the user: loaded and unlocked once, and dropped on dispose. */
export class Keyring {
  readonly #settings: LocalSettings;
  #keys: Promise<readonly KeyPair[]> | undefined;

  constructor(settings: LocalSettings) {
    this.#settings = settings;
  }

  /** A failure is not remembered: the user may correct it while the process runs. */
  async keys(): Promise<readonly KeyPair[]> {
    this.#keys ??= loadKeys(this.#settings);
    try {
      return await this.#keys;
    } catch (error) {
      this.#keys = undefined;
      throw error;
    }
  }

  /** Public key of the first identity. */
  async ownRecipient(): Promise<string> {
    return ((await this.keys())[0] as KeyPair).recipient;
  }

  dispose(): void {
    this.#keys = undefined;
  }
}
