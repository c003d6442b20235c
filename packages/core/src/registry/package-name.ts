import { ConfigError } from "../errors/classes.js";

const bareName = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/u;

/**
 * The packages that a provider name may stand for, best first: `vault` is
 * `@kinko/provider-vault`, or else the package `vault`; `@acme/secrets` is only itself.
 *
 * @throws ConfigError for paths and URLs: a config must not be able to run a file.
 */
export function providerPackageNames(provider: string): string[] {
  if (!bareName.test(provider) || provider.includes("..")) throw invalidProviderName();
  return provider.startsWith("@") ? [provider] : [`@kinko/provider-${provider}`, provider];
}

/** The error for what is no name of an npm package, such as a path or a module of Node itself. */
export function invalidProviderName(): ConfigError {
  return new ConfigError("The provider is not a package name.", {
    operation: "open",
    reason: "invalid-provider-name",
    advice: "Write a short name such as local or vault, or the bare name of an npm package.",
  });
}
