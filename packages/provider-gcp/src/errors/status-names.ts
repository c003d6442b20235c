/** Codes of gRPC by their numbers. */
const names = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** Name of a code of gRPC. */
export type StatusName = (typeof names)[number];

export function statusOfCode(code: number): StatusName | undefined {
  return names[code];
}

export function statusOfName(name: unknown): StatusName | undefined {
  return names.find((known) => known === name);
}
