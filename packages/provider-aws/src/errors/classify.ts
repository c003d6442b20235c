import type { ErrorClassification } from "@kinko/core";
import { classifyMessage, classifyServiceError, classifyStatus } from "./service.js";
import { badAnswer, classifyTransportError } from "./transport.js";

/** The parts of an error of the SDK that are looked at. */
interface SdkError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
  readonly $retryable?: { readonly throttling?: unknown };
  readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> };
}

/**
 * What an error of the SDK means. Its name, code and status are taken; its message can quote the
 * request, so it is at most matched against, and `$response` holds the answer.
 */
export function classifyError(error: unknown): ErrorClassification {
  if (!isObject(error)) return { code: "Internal", reason: "unclassified" };
  const meaning = classify(error);
  const requestId = safeRequestId(error.$metadata?.requestId);
  const retryAfterMs = meaning.code === "RateLimited" ? retryAfter(error) : undefined;
  return {
    ...meaning,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The name of an error of AWS, such as `ResourceNotFoundException`. */
export function errorName(error: unknown): string | undefined {
  return isObject(error) && typeof error.name === "string" ? error.name : undefined;
}

/** Whether AWS said that the secret is scheduled for deletion, which has no name of its own. */
export function mentionsDeletion(error: unknown): boolean {
  if (errorName(error) !== "InvalidRequestException" || !isObject(error)) return false;
  return typeof error.message === "string" && /delet/iu.test(error.message);
}

function classify(error: SdkError): ErrorClassification {
  const name = typeof error.name === "string" ? error.name : "";
  const message = typeof error.message === "string" ? error.message : "";
  const status = error.$metadata?.httpStatusCode;
  const code = transportCode(error);
  const transport = code === undefined ? undefined : classifyTransportError(code);
  // The SDK gives a lost connection the name of a timeout, and leaves its code.
  if (name === "TimeoutError" && transport !== undefined) return transport;
  const named = classifyServiceError(name, message);
  if (named !== undefined) return named;
  if (error.$retryable?.throttling === true) {
    return classifyStatus(429) ?? { code: "RateLimited" };
  }
  if (transport !== undefined) return transport;
  const byStatus = typeof status === "number" ? classifyStatus(status) : undefined;
  if (byStatus !== undefined) return byStatus;
  if (error instanceof SyntaxError) return badAnswer;
  return classifyMessage(message) ?? { code: "Internal", reason: "unclassified" };
}

function transportCode(error: SdkError): string | undefined {
  if (typeof error.code === "string" && error.code !== "") return error.code;
  // Several addresses of one host were tried.
  const [first] = Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : [];
  return isObject(first) ? transportCode(first) : undefined;
}

/** It comes from the server and goes into logs. */
function safeRequestId(requestId: unknown): string | undefined {
  return typeof requestId === "string" && /^[\w-]{1,128}$/u.test(requestId) ? requestId : undefined;
}

function retryAfter({ $response }: SdkError): number | undefined {
  const seconds = Number($response?.headers?.["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

function isObject(value: unknown): value is SdkError {
  return typeof value === "object" && value !== null;
}
