import { resolve } from "node:path";
import type { ConfigOptions } from "../config/config.js";
import type { SecretStore } from "../store/secret-store.js";
import { createLeaseManager, type LeaseManager } from "./lease-manager.js";
import type { LeaseManagerOptions } from "./options.js";

/** Where the config comes from, and what goes before it. */
export type OpenLeaseManagerOptions = ConfigOptions & Partial<Omit<LeaseManagerOptions, "dynamic">>;

/**
 * Makes a lease manager for the credentials of a store, as the block `leases` of the config says.
 *
 * @throws ConfigError; UnsupportedError for a store that makes no credentials
 * @example
 * const store = await openStore();
 * const leases = await openLeaseManager(store);
 * const database = await leases.acquire({ path: "database/creds/readonly" });
 */
export async function openLeaseManager(
  store: Pick<SecretStore, "as">,
  options: OpenLeaseManagerOptions = {},
): Promise<LeaseManager> {
  const dynamic = store.as("dynamic");
  const { loadConfig } = await import("../config/load.js");
  const { config, cwd, env, ...own } = options;
  const loaded = await loadConfig({ config, cwd, env });
  const { journal, ...times } = loaded.config.leases ?? {};
  const given = Object.fromEntries(
    Object.entries(own).filter(([, value]) => value !== undefined),
  ) as typeof own;
  return createLeaseManager({
    ...times,
    journal:
      journal === undefined
        ? undefined
        : { ...journal, directory: resolve(loaded.directory, journal.directory) },
    ...given,
    dynamic,
  });
}
