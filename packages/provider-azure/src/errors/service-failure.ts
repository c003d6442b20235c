/**
 * A failure that Key Vault answered, reduced to what may be shown: no text of the answer, no
 * request. It is what this driver throws in place of the SDK's error, which carries both.
 */
export class ServiceFailure extends Error {
  readonly status: number;
  /**
   * What the SDK's pollers look at: a 404 means "not yet" to them, which one of a proxy, or one
   * without its end, does not say.
   */
  readonly statusCode: number;
  /** Such as `Conflict`; only known forms are kept. */
  readonly serviceCode: string | undefined;
  /** Such as `ObjectIsDeletedButRecoverable`. */
  readonly innerCode: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Whether the answer called itself JSON. */
  readonly isJson: boolean;

  constructor(failure: {
    readonly status: number;
    readonly isJson?: boolean;
    readonly serviceCode?: string | undefined;
    readonly innerCode?: string | undefined;
    readonly requestId?: string | undefined;
    readonly retryAfterMs?: number | undefined;
  }) {
    super(`Key Vault answered with status ${failure.status}.`);
    this.name = "ServiceFailure";
    this.status = failure.status;
    this.statusCode =
      failure.status === 404 && failure.serviceCode !== "SecretNotFound" ? 0 : failure.status;
    this.isJson = failure.isJson ?? false;
    this.serviceCode = failure.serviceCode;
    this.innerCode = failure.innerCode;
    this.requestId = failure.requestId;
    this.retryAfterMs = failure.retryAfterMs;
  }
}

/** The failure of an answer that is none of the expected ones. */
export function serviceFailure(answer: {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string | null | undefined;
}): ServiceFailure {
  const { code, innererror } = parseError(answer.body);
  return new ServiceFailure({
    status: answer.status,
    isJson: /^application\/json\b/iu.test(answer.header("content-type") ?? ""),
    serviceCode: asWord(code),
    innerCode: asWord(asRecord(innererror)["code"]),
    requestId: asRequestId(answer.header("x-ms-request-id")),
    retryAfterMs: parseRetryAfter(answer.header("retry-after")),
  });
}

/**
 * Whether `error` is a failure with this status, and this inner code when one is given. 404 is
 * Key Vault's own word that there is no such secret.
 */
export function isFailure(error: unknown, status: number, innerCode?: string): boolean {
  return (
    error instanceof ServiceFailure &&
    error.statusCode === status &&
    (innerCode === undefined || error.innerCode === innerCode)
  );
}

function parseError(body: string | null | undefined): Record<string, unknown> {
  try {
    return asRecord(asRecord(JSON.parse(body ?? ""))["error"]);
  } catch {
    // The engine's message quotes the body.
    return {};
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function asWord(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z]{1,64}$/u.test(value) ? value : undefined;
}

function asRequestId(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w-]{1,64}$/u.test(value) ? value : undefined;
}

function parseRetryAfter(text: string | undefined): number | undefined {
  // A date, which HTTP allows too, would need two clocks that agree.
  return text !== undefined && /^\d{1,6}$/u.test(text) ? Number(text) * 1_000 : undefined;
}
