import type { LocalSettings } from "../settings.js";
import type { DecryptFailure, KeyPair, StoreDecrypter } from "./age.js";
import { loadKeys } from "./identity.js";

interface Unlocked {
  readonly own: KeyPair;
  readonly decrypter: StoreDecrypter;
}

/** The keys of the user: loaded and unlocked once, and dropped on dispose. */
export class Keyring {
  readonly #settings: LocalSettings;
  #unlocked: Promise<Unlocked> | undefined;

  constructor(settings: LocalSettings) {
    this.#settings = settings;
  }

  /** Decrypts with whichever key fits. @throws what {@link loadKeys} throws */
  async decrypt(ciphertext: Uint8Array): Promise<Buffer | DecryptFailure> {
    return (await this.#unlock()).decrypter(ciphertext);
  }

  /** Public key of the first identity. */
  async ownRecipient(): Promise<string> {
    return (await this.#unlock()).own.recipient();
  }

  dispose(): void {
    this.#unlocked = undefined;
  }

  /** A failure is not remembered: the user may correct it while the process runs. */
  async #unlock(): Promise<Unlocked> {
    this.#unlocked ??= unlock(this.#settings);
    try {
      return await this.#unlocked;
    } catch (error) {
      this.#unlocked = undefined;
      throw error;
    }
  }
}

async function unlock(settings: LocalSettings): Promise<Unlocked> {
  const [keys, { createDecrypter }] = await Promise.all([loadKeys(settings), import("./age.js")]);
  return { own: keys[0] as KeyPair, decrypter: createDecrypter(keys.map(({ key }) => key)) };
}
