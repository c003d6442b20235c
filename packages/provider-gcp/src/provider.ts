import { defineProvider, type ProviderContext, type SecretProvider } from "@kinko/core";
import { gcpOptions, type GcpOptions } from "./options.js";

/**
 * Secrets of Google Cloud Secret Manager, on Google's SDK, which is loaded at the first call.
 *
 * @example
 * // kinko.config.yaml
 * // provider: gcp
 * // providers:
 * //   gcp:
 * //     project: my-project
 * const store = await openStore();
 * using password = await store.get("prod/app/db#password");
 */
export const provider = defineProvider<GcpOptions>({
  name: "gcp",
  options: gcpOptions,
  async create(options: GcpOptions, context: ProviderContext): Promise<SecretProvider> {
    const { createDriver } = await import("./driver.js");
    return createDriver(options, context);
  },
  async diagnose(options, context) {
    const { diagnose } = await import("./diagnose.js");
    return diagnose(options, context);
  },
});
