import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createTestCertificates } from "@kinko/servers";
import { createKvMount, realMoto, realVault } from "@kinko/servers/vitest";
import { startKeyVaultServer } from "@kinko/testing/azure-key-vault";
import { startSecretManagerServer } from "@kinko/testing/google-secret-manager";

/** One way to run the example: a config, and variables as a machine would have them. */
export interface Backend {
  /** Its entry of the config. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  /** What this store declares not to have; its output tells why. */
  readonly without: readonly string[];
  stop(): Promise<void>;
}

/** What starts each, by provider. Call it at the top of a test file. */
export function backends(): Readonly<Record<string, (folder: string) => Promise<Backend>>> {
  const vault = realVault();
  const moto = realMoto();
  const mount = createKvMount({ version: 2 });
  return {
    local: () =>
      Promise.resolve({
        options: { file: ".kinko/store.age", identity: ".kinko/identity.txt" },
        env: {},
        without: [],
        stop: nothingToStop,
      }),
    vault: () =>
      Promise.resolve({
        options: { mount },
        env: { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token },
        without: [],
        stop: nothingToStop,
      }),
    aws: () =>
      Promise.resolve({
        options: {
          region: "eu-central-1",
          prefix: `five-backends-${randomBytes(4).toString("hex")}/`,
        },
        env: {
          AWS_ENDPOINT_URL: moto.address,
          AWS_ACCESS_KEY_ID: "test",
          AWS_SECRET_ACCESS_KEY: "test",
        },
        without: [],
        stop: nothingToStop,
      }),
    azure: startAzure,
    gcp: startGoogle,
  };
}

async function startAzure(folder: string): Promise<Backend> {
  const { ca, certificateFile, keyFile } = await createTestCertificates(folder);
  const server = await startKeyVaultServer({
    tls: { cert: readFileSync(certificateFile), key: readFileSync(keyFile) },
    // 300 new secrets in 10 seconds, as in Azure: the example has to wait for its turn.
    enforceRates: true,
  });
  return {
    options: {
      credential: { method: "access-token", token: "${env:AZURE_TOKEN}" },
      // 127.0.0.1 is not beneath vault.azure.net.
      verifyChallengeResource: false,
      tls: { ca },
    },
    env: { AZURE_KEYVAULT_URL: server.url, AZURE_TOKEN: server.issueToken() },
    without: ["check-and-set"],
    stop: () => server.close(),
  };
}

async function startGoogle(): Promise<Backend> {
  const token = "test-token";
  const server = await startSecretManagerServer({ tokens: [token] });
  return {
    options: {
      project: server.project,
      credential: { method: "access-token", token: "${env:GOOGLE_TOKEN}" },
      apiEndpoint: server.host,
      port: server.grpcPort,
      insecure: true,
    },
    env: { GOOGLE_TOKEN: token },
    without: ["check-and-set", "undelete"],
    stop: () => server.close(),
  };
}

function nothingToStop(): Promise<void> {
  return Promise.resolve();
}
