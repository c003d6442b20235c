import type { CallOptions, Clock, ProviderHealth } from "@kinko/core";
import { isFailure } from "./errors/service-failure.js";
import type { VaultClient } from "./secrets/vault-client.js";

interface RawAnswer {
  readonly headers: { get(name: string): string | undefined };
}

/** Asks the vault for one name. An identity that may not list is healthy all the same. */
export async function readHealth(
  client: VaultClient,
  vaultUrl: string,
  { signal, clock }: CallOptions & { readonly clock: Clock },
): Promise<ProviderHealth> {
  const sdk = await client.sdk();
  const details: Record<string, string | number | boolean> = { vaultUrl };
  const onResponse = (answer: RawAnswer): void => {
    const region = answer.headers.get("x-ms-keyvault-region");
    if (region !== undefined && /^[\w-]{1,64}$/u.test(region)) details["region"] = region;
    const serverTimeMs = Date.parse(answer.headers.get("date") ?? "");
    // The header gives whole seconds, so this is exact to a second.
    if (!Number.isNaN(serverTimeMs)) {
      details["clockSkewSeconds"] = Math.round((serverTimeMs - clock.now()) / 1_000) + 0;
    }
  };
  try {
    await sdk
      .listPropertiesOfSecrets({ abortSignal: signal, onResponse })
      .byPage({ maxPageSize: 1 })
      .next();
    return {
      status: "healthy",
      message: "The vault answers and accepts the identity.",
      details: { ...details, mayList: true },
    };
  } catch (error) {
    if (
      !isFailure(error, 403) ||
      isFailure(error, 403, "ForbiddenByFirewall") ||
      isFailure(error, 403, "ForbiddenByConnection")
    ) {
      throw error;
    }
    return {
      status: "healthy",
      message: "The vault answers and accepts the identity, which may not list secrets.",
      details: { ...details, mayList: false },
    };
  }
}
