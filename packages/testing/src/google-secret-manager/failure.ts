/** The codes of gRPC that Secret Manager answers with, and the HTTP status that each has over REST. */
const statuses = {
  CANCELLED: [1, 499],
  UNKNOWN: [2, 500],
  INVALID_ARGUMENT: [3, 400],
  DEADLINE_EXCEEDED: [4, 504],
  NOT_FOUND: [5, 404],
  ALREADY_EXISTS: [6, 409],
  PERMISSION_DENIED: [7, 403],
  RESOURCE_EXHAUSTED: [8, 429],
  FAILED_PRECONDITION: [9, 400],
  ABORTED: [10, 409],
  OUT_OF_RANGE: [11, 400],
  UNIMPLEMENTED: [12, 501],
  INTERNAL: [13, 500],
  UNAVAILABLE: [14, 503],
  DATA_LOSS: [15, 500],
  UNAUTHENTICATED: [16, 401],
} as const satisfies Record<string, readonly [code: number, httpStatus: number]>;

/** Name of a code of gRPC, such as `NOT_FOUND`. */
export type StatusName = keyof typeof statuses;

/** What Google adds to an error, in the JSON form of its `google.rpc` messages. */
export interface FailureDetails {
  /** Of `google.rpc.ErrorInfo`, such as `SERVICE_DISABLED`. */
  readonly reason?: string | undefined;
  /** Of `google.rpc.RetryInfo`. */
  readonly retryDelaySeconds?: number | undefined;
  /** Of `google.rpc.RequestInfo`. */
  readonly requestId?: string | undefined;
}

/** An answer that is an error, over gRPC and REST alike. */
export class ServiceFault extends Error {
  readonly status: StatusName;
  readonly details: FailureDetails;

  constructor(status: StatusName, message: string, details: FailureDetails = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  get code(): number {
    return statuses[this.status][0];
  }

  get httpStatus(): number {
    return statuses[this.status][1];
  }

  /** The error's details as JSON objects with their types. */
  get typedDetails(): readonly Record<string, unknown>[] {
    const { reason, retryDelaySeconds, requestId } = this.details;
    const type = (name: string): Record<string, unknown> => ({
      "@type": `type.googleapis.com/google.rpc.${name}`,
    });
    return [
      ...(reason === undefined
        ? []
        : [{ ...type("ErrorInfo"), reason, domain: "googleapis.com", metadata: {} }]),
      ...(retryDelaySeconds === undefined
        ? []
        : [{ ...type("RetryInfo"), retryDelay: `${retryDelaySeconds}s` }]),
      ...(requestId === undefined ? [] : [{ ...type("RequestInfo"), requestId }]),
    ];
  }

  /** The body over REST. */
  toJSON(): unknown {
    const { httpStatus: code, message, status, typedDetails: details } = this;
    return { error: { code, message, status, ...(details.length === 0 ? {} : { details }) } };
  }
}

export function invalidArgument(message: string): ServiceFault {
  return new ServiceFault("INVALID_ARGUMENT", message);
}

export function failedPrecondition(message: string): ServiceFault {
  return new ServiceFault("FAILED_PRECONDITION", message);
}

export function notFound(message: string): ServiceFault {
  return new ServiceFault("NOT_FOUND", message);
}
