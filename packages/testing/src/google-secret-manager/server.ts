import { systemClock, type Clock } from "@kinko/core";
import type { FaultRule } from "./faults.js";
import { startGrpc } from "./grpc.js";
import type { SecretManagerPermission } from "./policies.js";
import { startRest } from "./rest.js";
import { SecretManagerService, type SecretManagerCall } from "./service.js";

/** How the service is to behave. Everything has a default. */
export interface SecretManagerServerOptions {
  /** Id of the one project there is. Default `test-project`; others are PERMISSION_DENIED. */
  readonly project?: string;
  /** Its number, which is in every name that is answered. Default `123456789012`. */
  readonly projectNumber?: string;
  /** Tokens that are accepted; undefined accepts every request, also those without one. */
  readonly tokens?: readonly string[] | ((token: string) => boolean);
  /** Certificate and private key, both PEM, good for `127.0.0.1`. Default: no TLS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Default: free ports. */
  readonly grpcPort?: number;
  readonly restPort?: number;
  /** Whether requests beyond the documented quotas are RESOURCE_EXHAUSTED. Default false. */
  readonly enforceQuotas?: boolean;
  /** What ages secrets and scheduled destructions. Default: this machine's clock. */
  readonly clock?: Clock;
}

/** A running service; close it. */
export interface SecretManagerServer {
  readonly host: "127.0.0.1";
  readonly grpcPort: number;
  readonly restPort: number;
  readonly project: string;
  readonly projectNumber: string;
  /** Makes something go wrong; returns a function that ends it. */
  fail(rule: FaultRule): () => void;
  /** Takes permissions away from every caller; an empty list gives all back. */
  deny(permissions: readonly SecretManagerPermission[]): void;
  /** Every request so far over either transport, the oldest first, without payloads and tokens. */
  readonly requests: readonly SecretManagerCall[];
  /** Ends both servers and every connection. */
  close(): Promise<void>;
}

/**
 * Starts a Secret Manager on 127.0.0.1, over gRPC and REST with the same secrets behind both, as
 * Google documents the service: states, `latest`, aliases, etags, checksums, delayed destruction,
 * filters, pages, limits and errors. It keeps everything in memory.
 *
 * It stands in for the service in tests; see the package's README for what it does not do.
 *
 * @example
 * const server = await startSecretManagerServer();
 * const client = new SecretManagerServiceClient({
 *   apiEndpoint: server.host,
 *   port: server.grpcPort,
 *   sslCreds: grpc.credentials.createInsecure(),
 *   authClient,
 * });
 */
export async function startSecretManagerServer(
  options: SecretManagerServerOptions = {},
): Promise<SecretManagerServer> {
  const { project = "test-project", projectNumber = "123456789012", tokens, tls } = options;
  const isToken =
    tokens === undefined || typeof tokens === "function"
      ? tokens
      : (token: string) => tokens.includes(token);
  const service = new SecretManagerService(
    { id: project, number: projectNumber },
    options.clock ?? systemClock,
    { isToken, enforceQuotas: options.enforceQuotas ?? false },
  );
  const grpc = await startGrpc(service, { port: options.grpcPort ?? 0, tls });
  const rest = await startRest(service, { port: options.restPort ?? 0, tls });
  return {
    host: "127.0.0.1",
    grpcPort: grpc.port,
    restPort: rest.port,
    project,
    projectNumber,
    fail: (rule) => service.faults.add(rule),
    deny: (permissions) => service.deny(permissions),
    requests: service.calls,
    async close() {
      grpc.close();
      await rest.close();
    },
  };
}
