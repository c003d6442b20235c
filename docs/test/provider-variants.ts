/** One column of the table: a provider as it is configured. */
export interface ProviderVariant {
  /** Head of the column. */
  readonly title: string;
  /** Name of the package, without its scope. */
  readonly package: string;
  /** Options with which the driver can be made; nothing is contacted. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Providers whose options decide what they can do have more than one column. A provider package
 * without a column fails the test.
 */
export const providerVariants: readonly ProviderVariant[] = [
  { title: "Embedded file", package: "provider-local", options: { file: "store.age" } },
  {
    title: "Vault KV v2",
    package: "provider-vault",
    options: { address: "https://vault.example.com", kvVersion: 2 },
  },
  {
    title: "Vault KV v1",
    package: "provider-vault",
    options: { address: "https://vault.example.com", kvVersion: 1 },
  },
  {
    title: "AWS Secrets Manager",
    package: "provider-aws",
    options: { region: "eu-central-1" },
  },
  {
    title: "Azure Key Vault",
    package: "provider-azure",
    options: { vaultUrl: "https://example.vault.azure.net" },
  },
  {
    title: "Google Secret Manager",
    package: "provider-gcp",
    options: { project: "my-project" },
  },
  {
    title: "Google, `tags: true`",
    package: "provider-gcp",
    options: { project: "my-project", tags: true },
  },
];
