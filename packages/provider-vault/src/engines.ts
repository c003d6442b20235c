import type { CapabilityMap, ProviderContext } from "@kinko/core";
import { authAdminCapability } from "./auth-admin/capability.js";
import { identityCapability } from "./auth/identity.js";
import type { VaultClient } from "./client/vault-client.js";
import { databasesCapability } from "./database/capability.js";
import { leasesCapability } from "./dynamic/capability.js";
import { mountCapabilities } from "./mounts/capability.js";
import { namespacesCapability } from "./namespaces/capability.js";
import { pkiCapability } from "./pki/capability.js";
import { policiesCapability } from "./policies/plan/capability.js";
import { tokensCapability } from "./tokens/capability.js";
import { transitCapability } from "./transit/capability.js";
import { wrappingCapability } from "./wrapping/capability.js";

/** What every engine beside KV is built on. */
export interface EngineContext {
  readonly client: VaultClient;
  readonly context: ProviderContext;
  /** Encoded path of the transit engine, without slashes at its ends. */
  readonly transitMount: string;
}

/**
 * The typed objects of Vault's engines beside KV, by the names under which `store.as` gives them
 * out. Each loads the rest of its code at its first call: a program that reads one secret pays for
 * none of them.
 */
export function engineCapabilities(engine: EngineContext): Partial<CapabilityMap> {
  const transit = transitCapability(engine, engine.transitMount);
  const leases = leasesCapability(engine.client, engine.context.clock);
  return {
    dynamic: leases,
    leases,
    databases: databasesCapability(engine, "database"),
    identity: identityCapability(engine.client),
    transit,
    encryption: transit,
    signing: transit,
    authAdmin: authAdminCapability(engine),
    ...mountCapabilities(engine),
    namespaces: namespacesCapability(engine),
    pki: pkiCapability(engine),
    policies: policiesCapability(engine),
    tokens: tokensCapability(engine),
    wrapping: wrappingCapability(engine),
  };
}
