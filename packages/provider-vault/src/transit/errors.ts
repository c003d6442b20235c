import {
  createSecretError,
  defaultMessages,
  isSecretError,
  type SecretError,
  type SecretErrorDetails,
} from "@kinko/core";
import type { VaultAnswer } from "../client/answer.js";
import { classifyError } from "../errors/classify.js";
import { vaultError } from "../errors/vault-error.js";
import { transitMeanings, type TransitMeaning } from "./meanings.js";

/** Where an error arose. */
export interface TransitPlace {
  /** Such as `encrypt`. */
  readonly operation: string;
  /** Mount and key, such as `transit/app`; keys have no secret names. */
  readonly ref: string;
}

/** What Vault's message means; undefined for one that is not known. */
export function meaningOf(message: string): TransitMeaning | undefined {
  return transitMeanings.find(({ pattern }) => pattern.test(message));
}

/** The error of one message of the engine, in words of our own. */
export function transitError(
  message: string,
  place: TransitPlace,
  answer: Pick<VaultAnswer, "requestId">,
): SecretError {
  const meaning = meaningOf(message);
  if (meaning === undefined) {
    return vaultError("InvalidValue", "Vault does not accept this.", {
      ...place,
      reason: "bad-request",
      requestId: answer.requestId,
      advice: "Its audit log has the reason.",
    });
  }
  const { code, reason, field, what, advice } = meaning;
  return vaultError(code, what, { ...place, reason, field, advice, requestId: answer.requestId });
}

/** The one SecretError of whatever a request threw, which then knows where it arose. */
export function errorAt(error: unknown, place: TransitPlace): SecretError {
  if (isSecretError(error)) {
    const { code, advice, message } = error;
    const what =
      advice !== undefined && message.endsWith(` ${advice}`)
        ? message.slice(0, -advice.length - 1)
        : message;
    return createSecretError(code, what, { ...detailsOf(error), ...placeOf(error, place) });
  }
  const classification = classifyError(error);
  const { code, what = defaultMessages[code].what } = classification;
  return createSecretError(code, what, {
    ...classification,
    ...place,
    advice: classification.advice ?? defaultMessages[code].advice,
  });
}

function detailsOf(error: SecretError): SecretErrorDetails {
  const { provider, reason, field, advice, retryable, retryAfterMs, requestId } = error;
  return { provider, reason, field, advice, retryable, retryAfterMs, requestId };
}

function placeOf(error: SecretError, place: TransitPlace): TransitPlace {
  return { operation: error.operation ?? place.operation, ref: error.ref ?? place.ref };
}
