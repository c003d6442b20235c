import { networkReasonIn, type NetworkReason } from "./network.js";
import { statusOfCode, statusOfName, type StatusName } from "./status-names.js";

/**
 * A failure that Secret Manager, or the way to it, answered, reduced to what may be shown: no text
 * of the answer, no request. It is what this driver throws in place of the SDK's error.
 */
export class ServiceFailure extends Error {
  readonly status: StatusName;
  /** Of Google's ErrorInfo, such as `SERVICE_DISABLED`; only that form is kept. */
  readonly serviceReason: string | undefined;
  /** What the network did, where gRPC's text tells. */
  readonly networkReason: NetworkReason | undefined;
  /** State of the version, where the text tells; for callers who may not ask. */
  readonly versionState: "DISABLED" | "DESTROYED" | undefined;
  /** Whether the answer could not be read as a message. */
  readonly isMalformed: boolean;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    failure: Pick<ServiceFailure, "status"> & {
      readonly [Key in Exclude<keyof ServiceFailure, keyof Error | "status">]?: ServiceFailure[Key];
    },
  ) {
    super(`Secret Manager answered ${failure.status}.`);
    this.name = "ServiceFailure";
    this.status = failure.status;
    this.serviceReason = failure.serviceReason;
    this.networkReason = failure.networkReason;
    this.versionState = failure.versionState;
    this.isMalformed = failure.isMalformed ?? false;
    this.requestId = failure.requestId;
    this.retryAfterMs = failure.retryAfterMs;
  }
}

/** Whether `error` is a failure with this status. */
export function isFailure(error: unknown, status: StatusName): error is ServiceFailure {
  return error instanceof ServiceFailure && error.status === status;
}

/** The failure in an error of gRPC, or undefined when it is something else. */
export function fromGrpcError(error: unknown): ServiceFailure | undefined {
  const { code, details, statusDetails } = asRecord(error);
  const status = typeof code === "number" ? statusOfCode(code) : undefined;
  if (status === undefined) return undefined;
  const text = typeof details === "string" ? details : "";
  return new ServiceFailure({
    status,
    networkReason: status === "UNAVAILABLE" ? networkReasonIn(text) : undefined,
    versionState: stateIn(text),
    isMalformed: status === "INTERNAL" && /pars|incomplete|decod|deserial/iu.test(text),
    ...readDetails(statusDetails),
  });
}

/**
 * The failure in an answer over REST; undefined when the body is none of Google's errors, so that
 * something in between has answered.
 */
export function fromRestAnswer(
  body: string,
  retryAfterMs: number | undefined,
): ServiceFailure | undefined {
  const { status, message, details } = asRecord(parse(body)["error"]);
  const name = statusOfName(status);
  if (name === undefined) return undefined;
  const found = readDetails(details);
  return new ServiceFailure({
    status: name,
    versionState: stateIn(typeof message === "string" ? message : ""),
    ...found,
    retryAfterMs: found.retryAfterMs ?? retryAfterMs,
  });
}

function stateIn(text: string): "DISABLED" | "DESTROYED" | undefined {
  const state = /\bis in (DISABLED|DESTROYED) state\b/u.exec(text)?.[1];
  return state === "DISABLED" || state === "DESTROYED" ? state : undefined;
}

/** Google's typed details, as JSON over REST and as decoded messages over gRPC. */
function readDetails(
  details: unknown,
): Pick<ServiceFailure, "serviceReason" | "requestId" | "retryAfterMs"> {
  let serviceReason: string | undefined;
  let requestId: string | undefined;
  let retryAfterMs: number | undefined;
  for (const detail of Array.isArray(details) ? details : []) {
    const fields = asRecord(detail);
    const { reason, requestId: id, retryDelay } = fields;
    if (typeof reason === "string" && /^[A-Z][A-Z0-9_]{1,62}$/u.test(reason))
      serviceReason ??= reason;
    if (typeof id === "string" && /^[\w-]{1,64}$/u.test(id)) requestId ??= id;
    retryAfterMs ??= parseDelayMs(retryDelay);
  }
  return { serviceReason, requestId, retryAfterMs };
}

function parseDelayMs(delay: unknown): number | undefined {
  if (typeof delay === "string") {
    const seconds = /^(\d{1,6}(?:\.\d{1,9})?)s$/u.exec(delay)?.[1];
    return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1_000);
  }
  const { seconds, nanos } = asRecord(delay);
  const delayMs = Number(seconds ?? 0) * 1_000 + Number(nanos ?? 0) / 1e6;
  return seconds === undefined || !(delayMs >= 0 && delayMs < 1e9) ? undefined : Math.ceil(delayMs);
}

function parse(body: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(body));
  } catch {
    // The engine's message quotes the body.
    return {};
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
