import type { Clock } from "../../runtime/clock.js";
import type { ClientUse } from "./options.js";

/** What a generation needs of its owner. */
export interface GenerationHooks<Client> {
  readonly clock: Clock;
  readonly drainTimeoutMs: number;
  retire(client: Client): void;
  close(client: Client, options: { readonly forced: boolean }): void | Promise<void>;
  onClosing(): void;
  onClosed(cutUses: number): void;
}

/** The client of one generation of credentials: serves, then drains, then is closed, once. */
export class ClientGeneration<Client> {
  readonly number: number;
  readonly client: Client;
  /** Resolves when the client was closed; it never rejects. */
  readonly closed: Promise<void>;
  /** Set when the credentials have been replaced: it aborts when they end. */
  overlap: AbortSignal | undefined;
  /** The credentials have been replaced, and what is connected with them goes on all the same. */
  outlives = false;
  readonly #hooks: GenerationHooks<Client>;
  readonly #cut = new AbortController();
  #uses = 0;
  #retired = false;
  #draining = false;
  #closing = false;
  #resolve: () => void = () => undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(number: number, client: Client, hooks: GenerationHooks<Client>) {
    this.number = number;
    this.client = client;
    this.#hooks = hooks;
    this.closed = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** Counts one more use. The caller has seen that this generation serves. */
  enter(): ClientUse<Client> {
    this.#uses += 1;
    let released = false;
    const isRetired = (): boolean => this.#retired;
    return {
      client: this.client,
      generation: this.number,
      signal: this.#cut.signal,
      get superseded() {
        return isRetired();
      },
      release: () => {
        if (released) return;
        released = true;
        this.#uses -= 1;
        if (this.#retired && this.#uses === 0) this.#close();
      },
    };
  }

  /** Its credentials end when `overlap` aborts, and it with them, whoever uses it. */
  endWith(overlap: AbortSignal): void {
    this.overlap = overlap;
    this.outlives = false;
    if (overlap.aborted) this.#close();
    else overlap.addEventListener("abort", () => this.#close(), { once: true });
    if (this.#retired) this.#drain();
  }

  /** A newer one serves: it is closed when its uses are over, or the time for that is, if there is one. */
  retire(): void {
    if (this.#retired || this.#closing) return;
    this.#retired = true;
    try {
      this.#hooks.retire(this.client);
    } catch {
      // It is closed all the same, and a rotation must not fail for this.
    }
    if (this.#uses === 0) this.#close();
    else if (!this.outlives) this.#drain();
  }

  /** Its owner is closed: its uses have the time for that, and no longer. */
  end(): void {
    this.retire();
    this.#drain();
  }

  #drain(): void {
    if (this.#draining || this.#closing) return;
    this.#draining = true;
    this.#cancelTimer = this.#hooks.clock.schedule(this.#hooks.drainTimeoutMs, () => this.#close());
  }

  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#retired = true;
    this.#cancelTimer();
    this.#hooks.onClosing();
    const cutUses = this.#uses;
    if (cutUses > 0) this.#cut.abort();
    void this.#end(cutUses > 0).finally(() => {
      this.#hooks.onClosed(cutUses);
      this.#resolve();
    });
  }

  async #end(forced: boolean): Promise<void> {
    try {
      await this.#hooks.close(this.client, { forced });
    } catch {
      // Nobody waits for this client any more, and its credentials are about to end.
    }
  }
}
