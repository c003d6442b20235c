import { ClosedError, Secret } from "@kinko/core";
import type { CredentialHandle, CredentialRotation, LeasedCredentials } from "@kinko/core/leases";

type Listener = (rotation: CredentialRotation) => void | Promise<void>;

/** Logins that change when a test says so. */
export class FakeHandle implements CredentialHandle {
  readonly #listeners = new Set<Listener>();
  readonly #nameOf: (generation: number) => string;
  readonly #password: string;
  readonly rechecked: number[] = [];
  #credentials: LeasedCredentials;
  #closed = false;

  /** @param options.nameOf username of a generation */
  constructor({
    nameOf = (generation: number) => `user-${generation}`,
    password = "a password",
  } = {}) {
    this.#nameOf = nameOf;
    this.#password = password;
    this.#credentials = this.#credentialsOf(1);
  }

  current(): LeasedCredentials {
    if (this.#closed) throw new ClosedError("These credentials were closed.");
    return this.#credentials;
  }

  ready(): Promise<LeasedCredentials> {
    return Promise.resolve().then(() => this.current());
  }

  onRotate(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What an issuer finds out about a login that was refused. Default: nothing. */
  onRecheck: () => void | Promise<void> = () => undefined;

  async recheck(generation: number): Promise<void> {
    this.rechecked.push(generation);
    await this.onRecheck();
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Resolves when all listeners are done with the login before. */
  async rotate(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const previous = this.#credentials;
    const current = this.#credentialsOf(previous.generation + 1);
    this.#credentials = current;
    await Promise.all(
      [...this.#listeners].map(async (told) => told({ current, previous, signal })),
    );
    previous.secret.dispose();
  }

  #credentialsOf(generation: number): LeasedCredentials {
    const login = { username: this.#nameOf(generation), password: this.#password };
    return { generation, secret: Secret.json(login), expiresAt: new Date(Date.UTC(2030, 0, 1)) };
  }
}
