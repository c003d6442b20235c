import type { CallOptions, ProviderHealth } from "@kinko/core";
import { isFailure } from "./errors/service-failure.js";
import type { SecretsContext } from "./secrets/context.js";

/** Reasons for which a refusal is not about the role of the identity. */
const projectTrouble = new Set(["SERVICE_DISABLED", "CONSUMER_INVALID", "BILLING_DISABLED"]);

/** Asks for one name. An identity that may not list is healthy all the same. */
export async function readHealth(
  { service, settings }: SecretsContext,
  { signal }: CallOptions,
): Promise<ProviderHealth> {
  const { host, parent, transport } = settings;
  const details = { endpoint: host, parent, transport };
  try {
    await service.call("listSecrets", { parent, filter: "", pageSize: 1, pageToken: "" }, signal);
    return {
      status: "healthy",
      message: "Secret Manager answers and accepts the identity.",
      details: { ...details, mayList: true },
    };
  } catch (error) {
    if (!isFailure(error, "PERMISSION_DENIED") || projectTrouble.has(error.serviceReason ?? "")) {
      throw error;
    }
    return {
      status: "healthy",
      message: "Secret Manager answers and accepts the identity, which may not list secrets.",
      details: { ...details, mayList: false },
    };
  }
}
