import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { Cancellation } from "@kinko/core";
import type { AwsSettings } from "../settings.js";
import type { RequestHandler } from "./create-sdk.js";

/** What a request is made with, beside its input. */
export interface RequestOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * AWS's own client, loaded and made at the first call. It keeps connections and credentials; it does
 * not retry, which the store does.
 */
export class AwsClient {
  readonly #settings: AwsSettings;
  readonly #requestHandler: RequestHandler | undefined;
  #sdk: Promise<SecretsManager> | undefined;

  constructor(settings: AwsSettings, requestHandler?: RequestHandler) {
    this.#settings = settings;
    this.#requestHandler = requestHandler;
  }

  /**
   * Makes one request.
   * @throws what the SDK throws
   */
  async call<Result>(
    signal: Cancellation,
    request: (sdk: SecretsManager, options: RequestOptions) => Promise<Result>,
  ): Promise<Result> {
    const sdk = await this.#load();
    if (signal.aborted) throw signal.reason;
    // The SDK takes whatever has this part of a signal.
    return request(sdk, { abortSignal: signal as AbortSignal });
  }

  /** The region that requests go to. */
  async region(): Promise<string> {
    return (await this.#load()).config.region();
  }

  /** Closes the connections. Idempotent. */
  async close(): Promise<void> {
    const sdk = this.#sdk;
    if (sdk === undefined) return;
    try {
      (await sdk).destroy();
    } catch {
      // It could not be made; then there is nothing to close either.
    }
  }

  #load(): Promise<SecretsManager> {
    this.#sdk ??= this.#create();
    return this.#sdk;
  }

  async #create(): Promise<SecretsManager> {
    try {
      const { createSdk } = await import("./create-sdk.js");
      return await createSdk(this.#settings, this.#requestHandler);
    } catch (error) {
      // What was wrong, such as a missing certificate file, may be right at the next call.
      this.#sdk = undefined;
      throw error;
    }
  }
}
