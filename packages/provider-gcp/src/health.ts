import type { CallOptions, ProviderHealth } from "@kinko/core";
import type { Connection } from "./client/connection.js";
import { isFailure } from "./errors/service-failure.js";
import type { SecretsContext } from "./secrets/context.js";

/** Reasons for which a refusal is not about the role of the identity. */
const projectTrouble = new Set(["SERVICE_DISABLED", "CONSUMER_INVALID", "BILLING_DISABLED"]);

/** Asks for one name. An identity that may not list is healthy all the same. */
export async function readHealth(
  { service, settings }: SecretsContext,
  connection: Pick<Connection, "clockSkewSeconds">,
  { signal }: CallOptions,
): Promise<ProviderHealth> {
  const { host, parent, transport } = settings;
  const details = (mayList: boolean): ProviderHealth["details"] => {
    const { clockSkewSeconds } = connection;
    const skew = clockSkewSeconds === undefined ? {} : { clockSkewSeconds };
    return { endpoint: host, parent, transport, mayList, ...skew };
  };
  try {
    await service.call("listSecrets", { parent, filter: "", pageSize: 1, pageToken: "" }, signal);
    return {
      status: "healthy",
      message: "Secret Manager answers and accepts the identity.",
      details: details(true),
    };
  } catch (error) {
    if (!isFailure(error, "PERMISSION_DENIED") || projectTrouble.has(error.serviceReason ?? "")) {
      throw error;
    }
    return {
      status: "healthy",
      message: "Secret Manager answers and accepts the identity, which may not list secrets.",
      details: details(false),
    };
  }
}
