import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));

const credentialOptions = v.variant("method", [
  /** The chain of `DefaultAzureCredential`: environment, workload and managed identity, developer tools. */
  v.strictObject({
    method: v.literal("default"),
    tenantId: v.optional(text),
    /** Client id of a user-assigned managed identity. Default: `AZURE_CLIENT_ID`. */
    managedIdentityClientId: v.optional(text),
    authorityHost: v.optional(text),
  }),
  v.strictObject({
    method: v.literal("client-secret"),
    tenantId: text,
    clientId: text,
    clientSecret: v.optional(text),
    /** File that holds it instead; read again whenever a token is requested. */
    clientSecretFile: v.optional(text),
    authorityHost: v.optional(text),
  }),
  v.strictObject({
    method: v.literal("managed-identity"),
    /** Of a user-assigned identity; neither of the two means the system-assigned one. */
    clientId: v.optional(text),
    resourceId: v.optional(text),
  }),
  v.strictObject({
    method: v.literal("workload-identity"),
    /** Default: `AZURE_TENANT_ID`. */
    tenantId: v.optional(text),
    /** Default: `AZURE_CLIENT_ID`. */
    clientId: v.optional(text),
    /** Default: `AZURE_FEDERATED_TOKEN_FILE`. */
    tokenFile: v.optional(text),
    authorityHost: v.optional(text),
  }),
  /** A token that somebody else obtained and renews. */
  v.strictObject({
    method: v.literal("access-token"),
    token: v.optional(text),
    /** File that holds it instead; read again before the token in it expires. */
    tokenFile: v.optional(text),
  }),
]);

const tlsOptions = v.strictObject({
  /** PEM file with the certificate authority to trust instead of the system's. */
  caFile: v.optional(text),
  /** The same as PEM text; not together with `caFile`. */
  ca: v.optional(text),
});

const proxyOptions = v.strictObject({
  /** Such as `http://proxy.example.com:3128`, without credentials. */
  url: text,
  username: v.optional(text),
  password: v.optional(text),
});

/** Options of `provider: azure`. Everything has a default but the address of the vault. */
export const azureOptions = v.strictObject({
  /** Such as `https://my-vault.vault.azure.net`. Default: `AZURE_KEYVAULT_URL`. */
  vaultUrl: v.optional(text),
  /**
   * `encoded`: a path becomes a name that Key Vault takes, `prod/app/db` → `prod--app--db`.
   * `raw`: a path of one segment is the name as it stands in the vault. Default `encoded`.
   */
  naming: v.optional(v.picklist(["encoded", "raw"])),
  /**
   * What a write does on a name that is soft-deleted and thus taken: `recover` brings the old
   * secret back and writes on top of it, `fail` refuses with Deleted. Default `recover`.
   */
  onDeleted: v.optional(v.picklist(["recover", "fail"])),
  /**
   * Whether a write without tags keeps the tags that are there, for which it reads the secret
   * first. Default true.
   */
  carryTags: v.optional(v.boolean()),
  /** Default: `{ method: default }`. */
  credential: v.optional(credentialOptions),
  /**
   * Whether the vault's host has to end with the domain of the resource that it asks a token for,
   * such as `vault.azure.net`. Default true; false only for local servers and private endpoints
   * under names of their own.
   */
  verifyChallengeResource: v.optional(v.boolean()),
  /** Version of the REST API, such as `7.5` for older clouds. Default: the SDK's. */
  apiVersion: v.optional(
    v.picklist(["7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01"]),
  ),
  tls: v.optional(tlsOptions),
  /** Default: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. */
  proxy: v.optional(proxyOptions),
});

/** Options of `provider: azure`, as they are written in a config. */
export type AzureOptions = v.InferOutput<typeof azureOptions>;
/** How to authenticate. */
export type AzureCredentialOptions = v.InferOutput<typeof credentialOptions>;
