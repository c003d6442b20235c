import { createSecretError, isKnownCode } from "./classes.js";
import { defaultMessages, type SecretErrorCode } from "./codes.js";
import { isSecretError, type SecretError, type SecretErrorDetails } from "./secret-error.js";

/**
 * What a driver makes of an error of its SDK. Every text here must be the driver's own words or
 * taken from an allow-list: never the SDK error's message, which may quote values and tokens.
 */
export interface ErrorClassification extends SecretErrorDetails {
  readonly code: SecretErrorCode;
  /** What happened, one sentence. Default: the sentence of the code. */
  readonly what?: string | undefined;
}

/** Where an error arose, as far as the portable store knows. */
export interface ErrorContext {
  readonly provider: string;
  readonly operation: string;
  readonly ref?: string | undefined;
}

/** Builds the error of a classification; the context fills what the driver left open. */
export function errorFromClassification(
  classification: ErrorClassification,
  context: ErrorContext,
): SecretError {
  const words = defaultMessages[classification.code];
  return createSecretError(classification.code, classification.what ?? words.what, {
    provider: classification.provider ?? context.provider,
    operation: classification.operation ?? context.operation,
    ref: classification.ref ?? context.ref,
    reason: classification.reason,
    field: classification.field,
    advice: classification.advice ?? words.advice,
    retryable: classification.retryable,
    retryAfterMs: classification.retryAfterMs,
    requestId: classification.requestId,
  });
}

/**
 * Turns whatever a driver threw into exactly one SecretError. An error that is one already keeps
 * its words and only learns where it arose; it is never wrapped again.
 */
export function wrapError(
  error: unknown,
  classify: (error: unknown) => ErrorClassification,
  context: ErrorContext,
): SecretError {
  if (isSecretError(error)) return withContext(error, context);
  let classification: ErrorClassification;
  try {
    classification = classify(error);
  } catch {
    // A classifier that fails must not replace the failure that it was asked about by its own,
    // which could quote what it was looking at.
    classification = { code: "Internal", reason: "unclassified" };
  }
  if (!isKnownCode(classification.code)) {
    classification = { code: "Internal", reason: "unclassified" };
  }
  return errorFromClassification(classification, context);
}

function withContext(error: SecretError, context: ErrorContext): SecretError {
  const complete =
    error.provider !== undefined &&
    error.operation !== undefined &&
    (error.ref !== undefined || context.ref === undefined);
  // A code that only a newer copy of this package knows has no class here to be built again with.
  if (complete || !isKnownCode(error.code)) return error;
  const what =
    error.advice !== undefined && error.message.endsWith(` ${error.advice}`)
      ? error.message.slice(0, -error.advice.length - 1)
      : error.message;
  const enriched = createSecretError(error.code, what, {
    provider: error.provider ?? context.provider,
    operation: error.operation ?? context.operation,
    ref: error.ref ?? context.ref,
    reason: error.reason,
    field: error.field,
    advice: error.advice,
    retryable: error.retryable,
    retryAfterMs: error.retryAfterMs,
    requestId: error.requestId,
  });
  if (error.stack !== undefined) enriched.stack = error.stack;
  return enriched;
}
