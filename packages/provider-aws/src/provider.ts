import { defineProvider, type ProviderContext, type SecretProvider } from "@kinko/core";
import { awsOptions, type AwsOptions } from "./options.js";

/**
 * AWS Secrets Manager.
 *
 * @example
 * // kinko.config.yaml
 * // provider: aws
 * // providers:
 * //   aws:
 * //     region: eu-central-1
 * const store = await openStore();
 * using password = await store.get("prod/app/db#password");
 */
export const provider = defineProvider<AwsOptions>({
  name: "aws",
  options: awsOptions,
  async create(options: AwsOptions, context: ProviderContext): Promise<SecretProvider> {
    const { createDriver } = await import("./driver.js");
    return createDriver(options, context);
  },
  async diagnose(options, context) {
    const { diagnose } = await import("./diagnose.js");
    return diagnose(options, context);
  },
});
