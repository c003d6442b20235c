import { randomBytes } from "node:crypto";
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import type { ProviderHarness } from "@kinko/testing/contract";
import { encodedNames } from "../src/names.js";
import type { GcpOptions } from "../src/options.js";
import { openProvider } from "./support.js";

/** The project to test in when `KINKO_LIVE` names gcp, which may cost money; undefined otherwise. */
export function liveProject(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const live = (environment["KINKO_LIVE"] ?? "").split(",").map((name) => name.trim());
  if (!live.includes("gcp")) return undefined;
  const project = environment["GOOGLE_CLOUD_PROJECT"];
  if (project !== undefined && project !== "") return project;
  throw new Error(
    "KINKO_LIVE names gcp, and GOOGLE_CLOUD_PROJECT is not set. Set it, or take gcp out.",
  );
}

/** A place of its own in a project: the names beneath a random segment. */
export function createLiveHarness(options: GcpOptions): () => Promise<ProviderHarness> {
  return () => {
    const namespace = [`kinko-test-${randomBytes(4).toString("hex")}`];
    const provider = openProvider(options, { env: process.env, timeoutMs: 60_000 });
    return Promise.resolve({
      provider,
      namespace,
      async cleanup() {
        await provider.close();
        await removeBeneath(`projects/${options.project}`, encodedNames.prefix(namespace) ?? "");
      },
    });
  };
}

async function removeBeneath(parent: string, prefix: string): Promise<void> {
  const client = new SecretManagerServiceClient();
  await client.initialize();
  const [secrets] = await client.listSecrets({ parent, filter: `name:"${prefix}"` });
  for (const { name } of secrets) {
    if (name?.includes(`/secrets/${prefix}`) === true) await client.deleteSecret({ name });
  }
  await client.close();
}
