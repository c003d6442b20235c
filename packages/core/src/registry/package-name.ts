import { isBuiltin } from "node:module";
import { ConfigError } from "../errors/classes.js";

const bareName = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/u;

/**
 * The packages that a provider name may stand for, best first: `vault` is
 * `@kinko/provider-vault`, or else the package `vault`; `@acme/secrets` is only itself.
 *
 * @throws ConfigError for paths, URLs and names of Node's own modules: a config must not be able
 * to run a file.
 */
export function providerPackageNames(provider: string): string[] {
  if (!bareName.test(provider) || provider.includes("..") || isBuiltin(provider)) {
    throw new ConfigError("The provider is not a package name.", {
      operation: "open",
      reason: "invalid-provider-name",
      advice: "Write a short name such as local or vault, or the bare name of an npm package.",
    });
  }
  return provider.startsWith("@") ? [provider] : [`@kinko/provider-${provider}`, provider];
}
