import type { MotoEndpoint } from "../moto/start.js";
import { markRealServer } from "./mark.js";
import { providedServer } from "./provided.js";

/**
 * The shared moto, which answers as AWS Secrets Manager and KMS. Call it at the top of an integration
 * test file, or in a `describe`: it also marks the tests there, so that the run can say how many ran
 * against it. Keep to names under a prefix of your own.
 *
 * @throws ServerUnavailableError when there is none, with the reason
 *
 * @example
 * ```ts
 * const { address } = realMoto();
 * const client = new SecretsManagerClient({ endpoint: address, region: "eu-central-1", credentials });
 * ```
 */
export function realMoto(): MotoEndpoint {
  markRealServer("moto");
  return providedServer("moto");
}
