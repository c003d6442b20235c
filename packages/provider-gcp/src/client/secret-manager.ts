import type { protos } from "@google-cloud/secret-manager";
import { isSecretError, type Cancellation } from "@kinko/core";
import { fromGrpcError, isFailure } from "../errors/service-failure.js";
import { withStatusDetails } from "../errors/status-details.js";
import type { Connection } from "./connection.js";
import type { CallStub, StubCall } from "./stub.js";
import type { AuthHeaders, TokenSource } from "./tokens.js";

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

/** Calls the SDK's stub with a token, without its retries, and with failures that can be shown. */
export class SecretManager {
  readonly #connection: Connection;
  readonly #tokens: TokenSource;

  constructor(connection: Connection, tokens: TokenSource) {
    this.#connection = connection;
    this.#tokens = tokens;
  }

  /**
   * One request and one answer; for a method that pages, one page.
   * @throws SecretError, ServiceFailure, or an error of Node's network
   */
  call<Name extends keyof Methods>(
    name: Name,
    request: Methods[Name][0],
    signal: Cancellation,
  ): Promise<Methods[Name][1]> {
    return new Promise((resolve, reject) => {
      let calling: StubCall | undefined;
      let stub: CallStub | undefined;
      const onAbort = (): void => {
        const reason = signal.reason as Error;
        reject(reason);
        calling?.cancel();
        const unanswered = isSecretError(reason, "Timeout");
        if (unanswered && stub !== undefined) this.#connection.renew(stub);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      const fail = (error: Error): void => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      };
      const begin = ({ call, headers }: Ready): void => {
        stub = call;
        // Given up while the credentials were fetched: nothing is to be asked for.
        if (signal.aborted) return;
        calling = call(name, request, headers, routing(request), (error, answer) => {
          if (error !== null) {
            this.#failureOf(error).then(fail, fail);
            return;
          }
          signal.removeEventListener("abort", onAbort);
          resolve(answer as Methods[Name][1]);
        });
      };
      this.#ready().then(begin).catch(fail);
    });
  }

  async #ready(): Promise<Ready> {
    const call = await this.#connection.stub();
    const headers = await this.#tokens.headers();
    return { call, headers };
  }

  async #failureOf(error: unknown): Promise<Error> {
    const failure = fromGrpcError(await withStatusDetails(error)) ?? (error as Error);
    if (isFailure(failure, "UNAUTHENTICATED")) this.#tokens.forget();
    return failure;
  }
}

interface Ready {
  readonly call: CallStub;
  readonly headers: AuthHeaders;
}

/** Says what a request is about, by which Google leads it to a region. */
function routing(request: object): string {
  const { name, parent, resource, secret } = request as {
    readonly name?: unknown;
    readonly parent?: unknown;
    readonly resource?: unknown;
    readonly secret?: NativeSecret;
  };
  if (typeof name === "string") return `name=${encodeURIComponent(name)}`;
  if (typeof parent === "string") return `parent=${encodeURIComponent(parent)}`;
  if (typeof resource === "string") return `resource=${encodeURIComponent(resource)}`;
  const inner = secret?.name;
  return typeof inner === "string" ? `secret.name=${encodeURIComponent(inner)}` : "";
}
