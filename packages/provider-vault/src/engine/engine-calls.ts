import {
  createSecretError,
  defaultMessages,
  isSecretError,
  type Clock,
  type SecretErrorCode,
  type StoreCallOptions,
} from "@kinko/core";
import type { VaultAnswer } from "../client/answer.js";
import { underDeadline } from "./deadline.js";
import type { VaultClient, VaultRequest } from "../client/vault-client.js";
import { classifyError } from "../errors/classify.js";
import { vaultError } from "../errors/vault-error.js";
import { checkNamespace } from "./namespace.js";
import type { EnginePlace } from "./place.js";

/** Options of every call of Vault's own engines. */
export interface VaultCallOptions extends StoreCallOptions {
  /**
   * Vault Enterprise: the namespace of this call, instead of the configured one; an empty text is
   * the root. Open-source Vault ignores it, without a word.
   */
  readonly namespace?: string | undefined;
}

/** What a message of Vault's means. It is compared, and never shown. */
export interface EngineMeaning {
  readonly pattern: RegExp;
  readonly code: SecretErrorCode;
  readonly reason: string;
  readonly field?: string;
  readonly what: string;
  readonly advice: string;
}

/** One request of an engine; the signal and the namespace are those of its call. */
export type EngineRequest = Omit<VaultRequest, "signal" | "namespace">;

/** Sends requests of one call. */
export type SendEngineRequest = (request: EngineRequest) => Promise<VaultAnswer>;

/** Failures whose messages are looked up; what is not known falls back to the client's words. */
const readFailures = [400, 404, 405, 500] as const;

/**
 * Calls of one engine: a total deadline for each, however many requests it takes, and errors in the
 * engine's own words.
 */
export class EngineCalls {
  readonly #client: Pick<VaultClient, "request" | "errorOf">;
  readonly #time: { readonly clock: Clock; readonly timeoutMs: number };
  readonly #meanings: readonly EngineMeaning[];

  constructor(
    options: {
      readonly client: Pick<VaultClient, "request" | "errorOf">;
      readonly clock: Clock;
      readonly timeoutMs: number;
    },
    meanings: readonly EngineMeaning[],
  ) {
    this.#client = options.client;
    this.#time = { clock: options.clock, timeoutMs: options.timeoutMs };
    this.#meanings = meanings;
  }

  /** One request. @throws SecretError that knows where it arose */
  ask(place: EnginePlace, call: VaultCallOptions, request: EngineRequest): Promise<VaultAnswer> {
    return this.run(place, call, (send) => send(request));
  }

  /** Several requests under one deadline. @throws SecretError that knows where it arose */
  async run<Result>(
    place: EnginePlace,
    call: VaultCallOptions,
    work: (send: SendEngineRequest) => Promise<Result>,
  ): Promise<Result> {
    try {
      const namespace = checkNamespace(call.namespace);
      return await underDeadline(this.#time, call, (signal) =>
        work((request) => this.#send({ ...request, signal, namespace })),
      );
    } catch (error) {
      throw errorAt(error, place);
    }
  }

  async #send(request: VaultRequest): Promise<VaultAnswer> {
    const accept = request.accept ?? [];
    const refused = request.namesToken === true ? [403] : [];
    const answer = await this.#client.request({
      ...request,
      accept: [...readFailures, ...refused, ...accept],
    });
    if (answer.status < 300 || accept.includes(answer.status)) return answer;
    for (const meaning of this.#meanings) {
      if (!answer.errors.some((text) => meaning.pattern.test(text))) continue;
      const { code, reason, field, what, advice } = meaning;
      throw vaultError(code, what, { reason, field, advice, requestId: answer.requestId });
    }
    throw this.#client.errorOf(answer);
  }
}

/** The one SecretError of whatever was thrown, which then knows where it arose. */
export function errorAt(error: unknown, place: EnginePlace): Error {
  if (isSecretError(error)) {
    const { code, advice, message, provider, reason, field, retryable, retryAfterMs, requestId } =
      error;
    const what =
      advice !== undefined && message.endsWith(` ${advice}`)
        ? message.slice(0, -advice.length - 1)
        : message;
    return createSecretError(code, what, {
      provider,
      reason,
      field,
      advice,
      retryable,
      retryAfterMs,
      requestId,
      operation: error.operation ?? place.operation,
      ref: error.ref ?? place.ref,
    });
  }
  const found = classifyError(error);
  return createSecretError(found.code, found.what ?? defaultMessages[found.code].what, {
    ...found,
    ...place,
    advice: found.advice ?? defaultMessages[found.code].advice,
  });
}
