import { randomBytes } from "node:crypto";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { ProviderHarness } from "@kinko/testing/contract";
import { createDriver } from "../src/driver.js";
import { removeBeneath } from "./moto-harness.js";
import { testContext } from "./support.js";

/** The region to test in when `KINKO_LIVE` names aws, which may cost money; undefined otherwise. */
export function liveRegion(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const live = (environment["KINKO_LIVE"] ?? "").split(",").map((name) => name.trim());
  if (!live.includes("aws")) return undefined;
  const region = environment["AWS_REGION"];
  if (region !== undefined && region !== "") return region;
  throw new Error("KINKO_LIVE names aws, and AWS_REGION is not set. Set it, or take aws out.");
}

/** A place of its own in the account of the environment: the names beneath a random prefix. */
export function createLiveHarness(region: string): () => Promise<ProviderHarness> {
  return async () => {
    const client = new SecretsManager({ region });
    const prefix = `kinko-test/${randomBytes(6).toString("hex")}/`;
    const provider = createDriver({ region, prefix }, testContext({ env: process.env }));
    return {
      provider,
      async cleanup() {
        await provider.close();
        await removeBeneath(client, prefix);
        client.destroy();
      },
    };
  };
}
