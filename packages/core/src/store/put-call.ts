import type { CallOptions, Cancellation, ProviderPutOptions } from "../provider.js";

/** What a driver's `put` takes; the signal stays unmade until somebody asks for it. */
export class PutCall implements ProviderPutOptions {
  readonly #call: CallOptions;
  readonly ifVersion: string | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;

  constructor(call: CallOptions, { ifVersion, tags }: Omit<ProviderPutOptions, keyof CallOptions>) {
    this.#call = call;
    this.ifVersion = ifVersion;
    this.tags = tags;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get cancellation(): Cancellation | undefined {
    return this.#call.cancellation;
  }
}
