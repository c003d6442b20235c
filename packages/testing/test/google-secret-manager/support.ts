import { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { credentials } from "@grpc/grpc-js";
import { PassThroughClient } from "google-auth-library";
import { onTestFinished } from "vitest";
import {
  startSecretManagerServer,
  type SecretManagerServer,
  type SecretManagerServerOptions,
} from "../../src/google-secret-manager/index.js";

/** A service, and Google's own client of it. Both end with the test. */
export interface UnderTest {
  readonly server: SecretManagerServer;
  readonly client: SecretManagerServiceClient;
  readonly parent: string;
}

/** Starts both for one test. */
export async function underTest(
  transport: "grpc" | "rest",
  options: SecretManagerServerOptions = {},
): Promise<UnderTest> {
  const server = await startSecretManagerServer(options);
  const common = { apiEndpoint: server.host, authClient: new PassThroughClient() };
  const client =
    transport === "grpc"
      ? new SecretManagerServiceClient({
          ...common,
          port: server.grpcPort,
          sslCreds: credentials.createInsecure(),
        })
      : new SecretManagerServiceClient({
          ...common,
          port: server.restPort,
          fallback: true,
          protocol: "http",
        });
  await client.initialize();
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  return { server, client, parent: `projects/${server.project}` };
}

/** Makes a secret with versions of these texts; returns its name. */
export async function seed(
  { client, parent }: UnderTest,
  secretId: string,
  ...texts: readonly string[]
): Promise<string> {
  const secret = { replication: { automatic: {} } };
  const [{ name }] = await client.createSecret({ parent, secretId, secret });
  for (const text of texts) {
    await client.addSecretVersion({ parent: name ?? "", payload: { data: Buffer.from(text) } });
  }
  return name ?? "";
}

const statuses: Readonly<Record<number, string>> = {
  3: "INVALID_ARGUMENT",
  5: "NOT_FOUND",
  6: "ALREADY_EXISTS",
  7: "PERMISSION_DENIED",
  8: "RESOURCE_EXHAUSTED",
  9: "FAILED_PRECONDITION",
  16: "UNAUTHENTICATED",
};

/** Name of the status that `work` fails with. Over REST, the client's message is the body. */
export async function statusOf(work: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  const { code, message } = error as { readonly code: number; readonly message: string };
  return statuses[code] ?? /"status":"([A-Z_]+)"/u.exec(message)?.[1];
}
