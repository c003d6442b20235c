import type { CapabilityMap, ProviderContext } from "@kinko/core";
import { identityCapability } from "./auth/identity.js";
import type { VaultClient } from "./client/vault-client.js";

/** What every engine beside KV is built on. */
export interface EngineContext {
  readonly client: VaultClient;
  readonly context: ProviderContext;
}

/**
 * The typed objects of Vault's engines beside KV, by the names under which `store.as` gives them
 * out. Each loads the rest of its code at its first call: a program that reads one secret pays for
 * none of them.
 */
export function engineCapabilities(engine: EngineContext): Partial<CapabilityMap> {
  return { identity: identityCapability(engine.client) };
}
