import type { ServiceFault } from "./failure.js";

/**
 * The error's details as the proto `google.rpc.Status`, for the trailer `grpc-status-details-bin`.
 * Encoded by hand, since it takes three kinds of fields: text, whole numbers and messages.
 */
export function encodeStatusDetails(fault: ServiceFault): Buffer | undefined {
  const { reason, retryDelaySeconds, requestId } = fault.details;
  const details: Buffer[] = [];
  if (reason !== undefined) {
    details.push(any("ErrorInfo", [text(1, reason), text(2, "googleapis.com")]));
  }
  if (retryDelaySeconds !== undefined) {
    details.push(any("RetryInfo", [bytes(1, integer(1, retryDelaySeconds))]));
  }
  if (requestId !== undefined) details.push(any("RequestInfo", [text(1, requestId)]));
  if (details.length === 0) return undefined;
  return Buffer.concat([
    integer(1, fault.code),
    text(2, fault.message),
    ...details.map((detail) => bytes(3, detail)),
  ]);
}

function any(type: string, fields: readonly Buffer[]): Buffer {
  return Buffer.concat([
    text(1, `type.googleapis.com/google.rpc.${type}`),
    bytes(2, Buffer.concat(fields)),
  ]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const parts: number[] = [];
  let rest = value;
  while (rest > 127) {
    parts.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...parts, rest]);
}
