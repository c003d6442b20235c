import type { Clock, CryptoCallOptions } from "@kinko/core";
import type { JsonObject, VaultAnswer } from "../client/answer.js";
import type { VaultClient, VaultRequest } from "../client/vault-client.js";
import { vaultError } from "../errors/vault-error.js";
import { underDeadline } from "../engine/deadline.js";
import { errorAt, meaningOf, transitError, type TransitPlace } from "./errors.js";
import { checkKeyName } from "./names.js";

/** Statuses with which the engine reports what is wrong with a request, or with items of it. */
const ownFailures = [400, 404, 413, 500] as const;

/** One transit engine: where it is, and how it is asked. */
export class TransitContext {
  readonly client: Pick<VaultClient, "request" | "errorOf">;
  /** Encoded path of the mount, without slashes at its ends. */
  readonly mount: string;
  readonly clock: Clock;
  readonly timeoutMs: number;

  constructor(options: {
    readonly client: Pick<VaultClient, "request" | "errorOf">;
    readonly mount: string;
    readonly clock: Clock;
    readonly timeoutMs: number;
  }) {
    this.client = options.client;
    this.mount = options.mount;
    this.clock = options.clock;
    this.timeoutMs = options.timeoutMs;
  }

  /** @throws InvalidRefError for what cannot be the name of a key */
  place(operation: string, key?: string): TransitPlace {
    const ref = key === undefined ? this.mount : `${this.mount}/${checkKeyName(key)}`;
    return { operation, ref: decodeURIComponent(ref) };
  }

  /**
   * Asks the engine under the signal of a batch or a call.
   * @param path below the mount
   * @returns also a failure, when it tells what became of each item of a batch
   * @throws SecretError that knows where it arose
   */
  async send(
    place: TransitPlace,
    request: Pick<VaultRequest, "method" | "body" | "signal"> & { readonly path: string },
  ): Promise<VaultAnswer> {
    let answer: VaultAnswer;
    try {
      answer = await this.client.request({
        ...request,
        path: `${this.mount}/${request.path}`,
        accept: ownFailures,
      });
    } catch (error) {
      throw errorAt(error, place);
    }
    if (answer.status < 300 || Array.isArray(answer.data?.["batch_results"])) return answer;
    const message = answer.errors.find((text) => meaningOf(text) !== undefined);
    if (message !== undefined) throw transitError(message, place, answer);
    if (answer.status === 404) throw keyNotFound(place, answer);
    throw errorAt(this.client.errorOf(answer), place);
  }

  /** Asks the engine once, with the deadline of the call; `data` of the answer. */
  async ask(
    place: TransitPlace,
    call: CryptoCallOptions,
    request: Pick<VaultRequest, "method" | "body"> & { readonly path: string },
  ): Promise<JsonObject> {
    const answer = await underDeadline(this, call, (signal) =>
      this.send(place, { ...request, signal }),
    );
    return answer.data ?? {};
  }
}

function keyNotFound(place: TransitPlace, answer: VaultAnswer): Error {
  return vaultError("NotFound", "Vault has no key of this name.", {
    ...place,
    reason: "key-not-found",
    field: "key",
    requestId: answer.requestId,
    advice: "List the keys, and check the name and the mount.",
  });
}

/** A text that the answer must have. @throws CorruptError */
export function textOf(data: JsonObject, name: string, place: TransitPlace): string {
  const text = data[name];
  if (typeof text === "string") return text;
  throw malformedAnswer(place);
}

/** An answer that lacks what was asked for. */
export function malformedAnswer(place: TransitPlace): Error {
  return vaultError("Corrupt", "Vault's answer lacks what was asked for.", {
    ...place,
    reason: "answer-malformed",
    retryable: true,
    advice: "Try again; if it stays so, look at the proxy or load balancer in between.",
  });
}
