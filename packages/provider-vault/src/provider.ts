import { defineProvider, type ProviderContext, type SecretProvider } from "@kinko/core";
import { vaultOptions, type VaultOptions } from "./options.js";

/**
 * HashiCorp Vault, KV version 1 and 2.
 *
 * @example
 * // kinko.config.yaml
 * // provider: vault
 * // providers:
 * //   vault:
 * //     address: https://vault.example.com:8200
 * const store = await openStore();
 * using password = await store.get("prod/app/db#password");
 */
export const provider = defineProvider<VaultOptions>({
  name: "vault",
  options: vaultOptions,
  async create(options: VaultOptions, context: ProviderContext): Promise<SecretProvider> {
    const { createDriver } = await import("./driver.js");
    return createDriver(options, context);
  },
});
