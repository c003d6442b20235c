import type { OpenStoreOptions } from "./config/config.js";
import type { SecretStore } from "./store/secret-store.js";

/**
 * Opens the store that the config names: finds and checks the config, imports the provider
 * package, and returns the portable store. The store itself is first contacted by the first call.
 *
 * @throws ConfigError when the config, the provider or one of its options is wrong.
 * @example
 * const store = await openStore();
 * const password = await store.get("prod/app/db#password");
 * connect({ password: password.text() });
 * await store.close();
 */
export async function openStore(options: OpenStoreOptions = {}): Promise<SecretStore> {
  // Config files, their parsers and the registry load only now: an application that is handed its
  // store, or only handles SecretError, does not pay for them at start.
  const { openConfiguredStore } = await import("./open-configured-store.js");
  return openConfiguredStore(options);
}
