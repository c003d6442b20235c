import { randomBytes } from "node:crypto";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { ProviderHarness } from "@kinko/testing/contract";
import type { RequestHandler } from "../src/client/create-sdk.js";
import type { AwsOptions } from "../src/options.js";
import { testCredentials, testDriver } from "./support.js";

// As the provider does for its own client; these are the tests' own.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** AWS's own client, beside the driver. */
export function motoClient(endpoint: string): SecretsManager {
  return new SecretsManager({ endpoint, region: "eu-central-1", credentials: testCredentials });
}

/** Removes everything beneath a prefix, also what is scheduled for deletion. */
export async function removeBeneath(client: SecretsManager, prefix: string): Promise<void> {
  const names = (await allNames(client, prefix)).filter((name) => name.startsWith(prefix));
  const queue = names.values();
  const worker = async (): Promise<void> => {
    for (const name of queue) {
      await client.deleteSecret({ SecretId: name, ForceDeleteWithoutRecovery: true });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function allNames(client: SecretsManager, prefix?: string): Promise<string[]> {
  const names: string[] = [];
  const filter =
    prefix === undefined ? {} : { Filters: [{ Key: "name" as const, Values: [prefix] }] };
  let token: string | undefined;
  do {
    const answer = await client.listSecrets({
      ...filter,
      IncludePlannedDeletion: true,
      MaxResults: 100,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    names.push(...(answer.SecretList ?? []).flatMap(({ Name }) => Name ?? []));
    token = answer.NextToken;
  } while (token !== undefined);
  return names;
}

/** Counts the requests that an SDK client's own handler sends. */
function countRequests(client: SecretsManager): {
  readonly handler: RequestHandler;
  readonly requests: () => number;
} {
  const inner = client.config.requestHandler;
  let requests = 0;
  const handle: typeof inner.handle = (request, options) => {
    requests += 1;
    return inner.handle(request, options);
  };
  return {
    handler: Object.assign(Object.create(inner) as typeof inner, { handle }),
    requests: () => requests,
  };
}

/**
 * A place of its own for each test: the names beneath a random prefix. Beside it is a name that a
 * hostile one might reach.
 */
export function createAwsHarness(options: AwsOptions): () => Promise<ProviderHarness> {
  const client = motoClient(options.endpoint ?? "");
  return async () => {
    const own = `kinko-test/${randomBytes(6).toString("hex")}/`;
    const { handler, requests } = countRequests(motoClient(options.endpoint ?? ""));
    const prefix = `${own}inside/`;
    await client.createSecret({ Name: `${own}bystander`, SecretString: "outside" });
    const provider = testDriver({ ...options, prefix }, handler);
    return {
      provider,
      requests,
      outside: async () =>
        (await allNames(client, own)).filter((name) => !name.startsWith(prefix)).sort(),
      async cleanup() {
        await provider.close();
        await removeBeneath(client, own);
      },
    };
  };
}
