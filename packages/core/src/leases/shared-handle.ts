import { ClosedError } from "../errors/classes.js";
import type { CredentialHandle, LeasedCredentials } from "./credential-handle.js";
import type { RotationListener } from "./retire.js";

/** One credential set for several users: the last one to close it ends it. */
export class SharedCredentials {
  readonly #opening: Promise<CredentialHandle>;
  readonly #onUnused: () => void;
  #users = 0;

  constructor(opening: Promise<CredentialHandle>, onUnused: () => void) {
    this.#opening = opening;
    this.#onUnused = onUnused;
  }

  /** @throws what the first issue failed with */
  async join(): Promise<CredentialHandle> {
    this.#users += 1;
    try {
      return new SharedHandle(await this.#opening, () => this.#leave());
    } catch (error) {
      this.#users -= 1;
      if (this.#users === 0) this.#onUnused();
      throw error;
    }
  }

  async #leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#onUnused();
    await (await this.#opening).close();
  }
}

class SharedHandle implements CredentialHandle {
  readonly #handle: CredentialHandle;
  readonly #leave: () => Promise<void>;
  readonly #unsubscribe = new Set<() => void>();
  #closed: Promise<void> | undefined;

  constructor(handle: CredentialHandle, leave: () => Promise<void>) {
    this.#handle = handle;
    this.#leave = leave;
  }

  current(): LeasedCredentials {
    this.#check();
    return this.#handle.current();
  }

  async ready(options?: { readonly signal?: AbortSignal | undefined }): Promise<LeasedCredentials> {
    this.#check();
    return this.#handle.ready(options);
  }

  onRotate(listener: RotationListener): () => void {
    const unsubscribe = this.#handle.onRotate(listener);
    this.#unsubscribe.add(unsubscribe);
    return () => {
      this.#unsubscribe.delete(unsubscribe);
      unsubscribe();
    };
  }

  recheck(generation: number): Promise<void> {
    return this.#handle.recheck(generation);
  }

  close(): Promise<void> {
    if (this.#closed === undefined) {
      for (const unsubscribe of this.#unsubscribe) unsubscribe();
      this.#closed = this.#leave();
    }
    return this.#closed;
  }

  #check(): void {
    if (this.#closed === undefined) return;
    throw new ClosedError("These credentials were closed.", {
      operation: "current",
      reason: "handle-closed",
      advice: "Acquire new ones.",
    });
  }
}
