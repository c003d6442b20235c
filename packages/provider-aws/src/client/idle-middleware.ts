import type { SecretsManager } from "@aws-sdk/client-secrets-manager";

/**
 * Takes out what the SDK does around each request that is of no use here: it makes one attempt, since
 * the store retries, and nothing is to be logged of a request whose input is a secret. Together that is
 * a twentieth of the CPU of a read.
 */
export function removeIdleMiddleware({ middlewareStack }: SecretsManager): void {
  // Its place has to stay: others are put in relation to it.
  middlewareStack.add((next) => next, {
    name: "retryMiddleware",
    step: "finalizeRequest",
    priority: "high",
    override: true,
  });
  middlewareStack.remove("loggerMiddleware");
}
