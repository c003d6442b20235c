import type { Metadata } from "@grpc/grpc-js";
import type { AuthHeaders } from "./tokens.js";

/** A call under way. */
export interface StubCall {
  cancel(): void;
}

/** Sends one request; `done` is called once, with an error of gRPC or with the answer. */
export type CallStub = (
  method: string,
  request: object,
  headers: AuthHeaders,
  /** Value of `x-goog-request-params`. */
  routing: string,
  done: (error: unknown, answer?: unknown) => void,
) => StubCall;

/** A stub as the SDK makes it: a method for each call, of the same shape over gRPC and REST. */
export type NativeStub = Readonly<
  Record<
    string,
    (
      request: object,
      metadata: object,
      options: object,
      done: (error: unknown, answer?: unknown) => void,
    ) => StubCall
  >
>;

/**
 * Calls over gRPC, by the SDK's stub.
 *
 * The stub and not the client's methods: those cannot be cancelled, write every answer, payloads too,
 * to standard error when GOOGLE_SDK_NODE_LOGGING is set, retry by themselves, and take a tenth more
 * time. Deadlines are the store's, which cancels.
 */
export function overGrpc(stub: NativeStub, Headers: typeof Metadata): CallStub {
  return (method, request, headers, routing, done) => {
    const metadata = new Headers();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    metadata.set("x-goog-request-params", routing);
    return send(stub, method, request, metadata, done);
  };
}

/** Calls over REST, by the SDK's stub; it takes headers as lists. */
export function overRest(stub: NativeStub): CallStub {
  return (method, request, headers, routing, done) => {
    const lists: Record<string, readonly string[]> = { "x-goog-request-params": [routing] };
    for (const [name, value] of Object.entries(headers)) lists[name] = [value];
    return send(stub, method, request, lists, done);
  };
}

function send(
  stub: NativeStub,
  method: string,
  request: object,
  headers: object,
  done: (error: unknown, answer?: unknown) => void,
): StubCall {
  const call = stub[method];
  if (call === undefined) throw new TypeError(`The SDK has no method ${method}.`);
  return call.call(stub, request, headers, {}, done);
}
