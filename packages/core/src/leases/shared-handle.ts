import { ClosedError } from "../errors/classes.js";
import type { CredentialHandle, LeasedCredentials } from "./credential-handle.js";
import type { RotationListener } from "./retire.js";
import { unlessAborted } from "./unless-aborted.js";

/** One credential set for several users: the last one to close it ends it. */
export class SharedCredentials {
  readonly #opening: Promise<CredentialHandle>;
  readonly #onUnused: () => void;
  /** Aborts when nobody waits for the opening any more: it is for all, and no one user's to cancel. */
  readonly #unused = new AbortController();
  #users = 0;

  /** @param open MUST end what it has begun when its signal aborts */
  constructor(open: (signal: AbortSignal) => Promise<CredentialHandle>, onUnused: () => void) {
    this.#opening = open(this.#unused.signal);
    this.#onUnused = onUnused;
  }

  /** @throws what the first issue failed with; AbortedError */
  async join(signal: AbortSignal | undefined): Promise<CredentialHandle> {
    this.#users += 1;
    try {
      const handle = await unlessAborted(this.#opening, signal);
      return new SharedHandle(handle, () => this.#leave());
    } catch (error) {
      // It may have opened at the same moment; a failed opening has nothing to be closed.
      void this.#leave().catch(() => undefined);
      throw error;
    }
  }

  async #leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#onUnused();
    this.#unused.abort();
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
