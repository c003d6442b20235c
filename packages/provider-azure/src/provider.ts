import { defineProvider, type ProviderContext, type SecretProvider } from "@kinko/core";
import { azureOptions, type AzureOptions } from "./options.js";

/**
 * Secrets of Azure Key Vault, on Microsoft's SDK, which is loaded at the first call.
 *
 * @example
 * // kinko.config.yaml
 * // provider: azure
 * // providers:
 * //   azure:
 * //     vaultUrl: https://my-vault.vault.azure.net
 * const store = await openStore();
 * using password = await store.get("prod/app/db#password");
 */
export const provider = defineProvider<AzureOptions>({
  name: "azure",
  options: azureOptions,
  async create(options: AzureOptions, context: ProviderContext): Promise<SecretProvider> {
    const { createDriver } = await import("./driver.js");
    return createDriver(options, context);
  },
  async diagnose(options, context) {
    const { diagnose } = await import("./diagnose.js");
    return diagnose(options, context);
  },
});
