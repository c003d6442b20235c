export { provider } from "./provider.js";
export type { AzureOptions } from "./options.js";
export type {
  KeyVaultCapability,
  SecretProperties,
  SecretPropertyChanges,
} from "./key-vault-capability.js";
