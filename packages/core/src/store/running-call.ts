import type { SecretError } from "../errors/secret-error.js";
import type { CallOptions, Cancellation } from "../provider.js";

type AbortListener = (event: unknown) => void;

/**
 * One call of a driver under way, and what the driver learns of its end: a signal that is made only
 * when somebody asks for it.
 */
export class RunningCall implements CallOptions, Cancellation {
  readonly #release: (error: SecretError) => void;
  #controller: AbortController | undefined;
  #reason: SecretError | undefined;
  #listener: AbortListener | undefined;
  #moreListeners: Set<AbortListener> | undefined;

  /** @param release lets the caller go with an error, whatever the driver still does */
  constructor(release: (error: SecretError) => void) {
    this.#release = release;
  }

  get cancellation(): Cancellation {
    return this;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** Releases the caller and tells the driver. Only the first time counts. */
  stop(error: SecretError): void {
    if (this.#reason !== undefined) return;
    this.#reason = error;
    this.#release(error);
    this.#controller?.abort(error);
    const event = { type: "abort", target: this };
    this.#listener?.(event);
    for (const listener of this.#moreListeners ?? []) listener(event);
  }

  addEventListener(_type: "abort", listener: AbortListener): void {
    if (this.#listener === undefined) this.#listener = listener;
    else (this.#moreListeners ??= new Set()).add(listener);
  }

  removeEventListener(_type: "abort", listener: AbortListener): void {
    if (this.#listener === listener) this.#listener = undefined;
    else this.#moreListeners?.delete(listener);
  }
}
