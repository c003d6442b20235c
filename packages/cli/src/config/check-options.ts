import { ConfigError, formatIssuePath, type ProviderFactory } from "@kinko/core";

/**
 * Checks options by the schema of their provider.
 * @throws ConfigError naming the options that are wrong, never their values
 */
export async function checkOptions(
  factory: ProviderFactory,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const result = await factory.options["~standard"].validate(options);
  if (result.issues === undefined) return;
  const names = [...new Set(result.issues.map((issue) => formatIssuePath(issue.path)))];
  throw new ConfigError(
    `The provider ${factory.name} does not accept its options: ${names.join(", ")}.`,
    {
      provider: factory.name,
      operation: "init",
      reason: "invalid-option",
      advice: "Give them with --option NAME=VALUE; the README of the provider lists them.",
    },
  );
}
