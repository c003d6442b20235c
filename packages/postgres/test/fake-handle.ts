import { ClosedError, Secret } from "@kinko/core";
import type { CredentialHandle, CredentialRotation, LeasedCredentials } from "@kinko/core/leases";

type Listener = (rotation: CredentialRotation) => void | Promise<void>;

/** Logins that change when a test says so: `user-1` with `password-1`, then `user-2` … */
export class FakeHandle implements CredentialHandle {
  readonly #listeners = new Set<Listener>();
  #credentials = credentialsOf(1);
  #closed = false;

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

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Resolves when all listeners are done with the login before. */
  async rotate(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const previous = this.#credentials;
    const current = credentialsOf(previous.generation + 1);
    this.#credentials = current;
    await Promise.all(
      [...this.#listeners].map(async (told) => told({ current, previous, signal })),
    );
    previous.secret.dispose();
  }
}

function credentialsOf(generation: number): LeasedCredentials {
  const login = { username: `user-${generation}`, password: `password-${generation}` };
  return { generation, secret: Secret.json(login), expiresAt: new Date(Date.UTC(2030, 0, 1)) };
}
