import { randomBytes } from "node:crypto";
import { DefaultAzureCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import type { ProviderHarness } from "@kinko/testing/contract";
import { encodedNames } from "../src/names.js";
import { openProvider } from "./support.js";

/** The vault to test in when `KINKO_LIVE` names azure, which may cost money; undefined otherwise. */
export function liveVaultUrl(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const live = (environment["KINKO_LIVE"] ?? "").split(",").map((name) => name.trim());
  if (!live.includes("azure")) return undefined;
  const vaultUrl = environment["AZURE_KEYVAULT_URL"];
  if (vaultUrl !== undefined && vaultUrl !== "") return vaultUrl;
  throw new Error(
    "KINKO_LIVE names azure, and AZURE_KEYVAULT_URL is not set. Set it, or take azure out.",
  );
}

/** A place of its own in a vault without purge protection: the names beneath a random segment. */
export function createLiveHarness(vaultUrl: string): () => Promise<ProviderHarness> {
  return () => {
    const namespace = [`kinko-test-${randomBytes(4).toString("hex")}`];
    const provider = openProvider({ vaultUrl }, { env: process.env, timeoutMs: 60_000 });
    return Promise.resolve({
      provider,
      namespace,
      async cleanup() {
        await provider.close();
        await removeBeneath(vaultUrl, `${encodedNames.encode(namespace)}--`);
      },
    });
  };
}

async function removeBeneath(vaultUrl: string, prefix: string): Promise<void> {
  const client = new SecretClient(vaultUrl, new DefaultAzureCredential());
  for await (const { name } of client.listPropertiesOfSecrets()) {
    if (!name.startsWith(prefix)) continue;
    const poller = await client.beginDeleteSecret(name);
    await poller.pollUntilDone();
  }
  for await (const { name } of client.listDeletedSecrets()) {
    if (name.startsWith(prefix)) await client.purgeDeletedSecret(name);
  }
}
