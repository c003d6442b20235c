import type { protos, SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { isSecretError } from "@kinko/core";
import { fromGrpcError, isFailure } from "../errors/service-failure.js";
import type { Connection } from "./connection.js";
import type { TokenSource } from "./tokens.js";

type V1 = typeof protos.google.cloud.secretmanager.v1;
/** Metadata of a secret as the SDK gives it. */
export type NativeSecret = protos.google.cloud.secretmanager.v1.ISecret;
/** Metadata of a version as the SDK gives it. */
export type NativeVersion = protos.google.cloud.secretmanager.v1.ISecretVersion;
/** An answer with a payload. */
export type NativeAccess = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse;

/** Requests and answers of the methods that this driver calls. */
interface Methods {
  accessSecretVersion: [request: { name: string }, answer: NativeAccess];
  addSecretVersion: [
    request: { parent: string; payload: protos.google.cloud.secretmanager.v1.ISecretPayload },
    answer: NativeVersion,
  ];
  createSecret: [
    request: { parent: string; secretId: string; secret: NativeSecret },
    answer: NativeSecret,
  ];
  getSecret: [request: { name: string }, answer: NativeSecret];
  updateSecret: [
    request: { secret: NativeSecret; updateMask: { paths: string[] } },
    answer: NativeSecret,
  ];
  deleteSecret: [request: { name: string }, answer: object];
  getSecretVersion: [request: { name: string }, answer: NativeVersion];
  enableSecretVersion: [request: { name: string }, answer: NativeVersion];
  disableSecretVersion: [request: { name: string }, answer: NativeVersion];
  destroySecretVersion: [request: { name: string }, answer: NativeVersion];
  listSecrets: [
    request: { parent: string; filter: string; pageSize: number; pageToken: string },
    answer: InstanceType<V1["ListSecretsResponse"]>,
  ];
  listSecretVersions: [
    request: { parent: string; filter: string; pageSize: number; pageToken: string },
    answer: InstanceType<V1["ListSecretVersionsResponse"]>,
  ];
  testIamPermissions: [
    request: { resource: string; permissions: string[] },
    answer: protos.google.iam.v1.ITestIamPermissionsResponse,
  ];
}

type CancellableCall = Promise<readonly unknown[]> & { cancel?: () => void };
type AnyMethod = (request: object, options: object) => CancellableCall;

/** Added to the store's own deadline, which is to strike first. */
const graceMs = 1_000;

/** Calls the SDK's methods with a token, without its retries, and with failures that can be shown. */
export class SecretManager {
  readonly #connection: Connection;
  readonly #tokens: TokenSource;
  readonly #timeoutMs: number;

  constructor(connection: Connection, tokens: TokenSource, timeoutMs: number) {
    this.#connection = connection;
    this.#tokens = tokens;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws SecretError, ServiceFailure, or an error of Node's network */
  call<Name extends keyof Methods>(
    name: Name,
    request: Methods[Name][0],
    signal: AbortSignal,
  ): Promise<Methods[Name][1]> {
    return new Promise((resolve, reject) => {
      let calling: CancellableCall | undefined;
      let client: SecretManagerServiceClient | undefined;
      const onAbort = (): void => {
        reject(signal.reason as Error);
        calling?.cancel?.();
        const unanswered = isSecretError(signal.reason, "Timeout");
        if (unanswered && client !== undefined) this.#connection.renew(client);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      const run = async (): Promise<Methods[Name][1]> => {
        client = await this.#connection.client();
        const headers = await this.#tokens.headers();
        // Given up while the credentials were fetched: nothing is to be asked for.
        signal.throwIfAborted();
        // Beneath the client's own methods: those cannot be cancelled, and they write every answer,
        // payloads too, to standard error when GOOGLE_SDK_NODE_LOGGING is set.
        calling = (client.innerApiCalls[name] as AnyMethod)(request, {
          timeout: this.#timeoutMs + graceMs,
          // The store retries; two layers of retries would multiply.
          retry: { retryCodes: [] },
          autoPaginate: false,
          otherArgs: { headers: { ...headers, "x-goog-request-params": routing(request) } },
        });
        const answer = await calling;
        // A method that pages gives items, the next request, and the whole answer.
        return (Array.isArray(answer[0]) ? answer[2] : answer[0]) as Methods[Name][1];
      };
      run()
        .then(resolve, (error: unknown) => {
          const failure = fromGrpcError(error) ?? (error as Error);
          if (isFailure(failure, "UNAUTHENTICATED")) this.#tokens.forget();
          reject(failure);
        })
        .finally(() => signal.removeEventListener("abort", onAbort));
    });
  }
}

/** Says what a request is about, by which Google leads it to a region. */
function routing(request: object): string {
  const { name, parent, resource, secret } = request as Record<string, unknown>;
  const found = Object.entries({
    name,
    parent,
    resource,
    "secret.name": (secret as NativeSecret | undefined)?.name,
  }).find(([, value]) => typeof value === "string");
  return found === undefined ? "" : `${found[0]}=${encodeURIComponent(String(found[1]))}`;
}
