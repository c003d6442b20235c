import type { SecretClient, SecretProperties } from "@azure/keyvault-secrets";
import type { CallOptions, Clock } from "@kinko/core";
import type { Connection } from "../client/connection.js";
import { nativePageSize, readPage } from "../client/pages.js";
import { deleted, notFound } from "../errors/absence.js";
import { isFailure } from "../errors/service-failure.js";

/** How long to wait between two looks at a deletion or recovery under way, in milliseconds. */
const pollDelaysMs = [50, 100, 200, 400, 800, 1_500];

/** Operations on native names that need more than one request of the SDK. */
export class VaultClient {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  sdk(): Promise<SecretClient> {
    return this.#connection.client();
  }

  /** All versions, in Key Vault's order, which is not that of time; none when nothing is there. */
  async versions(
    name: string,
    { signal }: CallOptions,
    most = Infinity,
  ): Promise<SecretProperties[]> {
    const client = await this.sdk();
    const versions: SecretProperties[] = [];
    let link = "";
    try {
      do {
        const page = await readPage(
          client,
          (sdk, listOptions) => sdk.listPropertiesOfSecretVersions(name, listOptions),
          { link, signal, size: Math.min(most, nativePageSize) },
        );
        versions.push(...page.properties);
        link = page.nextLink;
      } while (link !== "" && versions.length < most);
    } catch (error) {
      // Older versions of the service answer so for a name that has none.
      if (!isFailure(error, 404)) throw error;
    }
    return versions;
  }

  /** What a soft-deleted secret was; undefined when there is none. @throws ServiceFailure 403 */
  async deletedSecret(
    name: string,
    { signal }: CallOptions,
  ): Promise<SecretProperties | undefined> {
    const client = await this.sdk();
    try {
      return (await client.getDeletedSecret(name, { abortSignal: signal })).properties;
    } catch (error) {
      if (isFailure(error, 404)) return undefined;
      // A vault from before soft delete was the rule.
      if (isFailure(error, 400) || isFailure(error, 405)) return undefined;
      throw error;
    }
  }

  /** The error for a name under which nothing can be read: Deleted or NotFound. */
  async absence(name: string, options: CallOptions): Promise<Error> {
    try {
      return (await this.deletedSecret(name, options)) === undefined ? notFound() : deleted();
    } catch (error) {
      // Roles for mere reading may not look at deleted secrets; the 404 before is still true.
      if (isFailure(error, 403)) return notFound(false);
      throw error;
    }
  }

  /** Soft-deletes, and returns when the deletion is complete. @throws ServiceFailure 404, 409 */
  async delete(name: string, { signal }: CallOptions): Promise<void> {
    const client = await this.sdk();
    const poller = await client.beginDeleteSecret(name, { abortSignal: signal });
    await this.#until(signal, async () => {
      if (!poller.isDone()) await poller.poll({ abortSignal: signal });
      return poller.isDone();
    });
  }

  /**
   * Recovers, and returns when the secret can be used again. A deletion or recovery under way is
   * waited for.
   * @throws ServiceFailure 404 when there is nothing to recover
   */
  async recover(name: string, { signal }: CallOptions): Promise<void> {
    const client = await this.sdk();
    const poller = await this.settled(
      () => client.beginRecoverDeletedSecret(name, { abortSignal: signal }),
      { signal },
    );
    await this.#until(signal, async () => {
      if (!poller.isDone()) await poller.poll({ abortSignal: signal });
      return poller.isDone();
    });
  }

  /**
   * Does `work` as soon as no deletion, recovery or purge of the name is under way. Key Vault
   * refuses it before, having done nothing, so that this is no second try of the same write.
   */
  async settled<Result>(work: () => Promise<Result>, call: CallOptions): Promise<Result> {
    for (let round = 0; ; round += 1) {
      try {
        return await work();
      } catch (error) {
        if (
          !isFailure(error, 409, "ObjectIsBeingDeleted") &&
          !isFailure(error, 409, "ObjectIsBeingRecovered")
        ) {
          throw error;
        }
      }
      await this.#pause(round, call.signal);
    }
  }

  /** Asks until the answer is yes; the signal, and with it the call's deadline, ends it. */
  async #until(signal: AbortSignal, ask: () => Promise<boolean>): Promise<void> {
    for (let round = 0; !(await ask()); round += 1) await this.#pause(round, signal);
  }

  #pause(round: number, signal: AbortSignal): Promise<void> {
    const delayMs = pollDelaysMs[Math.min(round, pollDelaysMs.length - 1)] ?? 0;
    return this.#clock.sleep(delayMs, { signal });
  }
}
