import { azureError } from "../errors/azure-error.js";
import { encodedNames, rawNames, type NameCodec } from "../names.js";
import type { AzureOptions } from "../options.js";

/** Where the vault is, whose the rights are, and how the provider names its secrets. */
export interface AzureRolesOptions extends Pick<AzureOptions, "naming"> {
  /** GUID of the subscription of the vault. */
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Name of the key vault, such as `my-vault`. It uses RBAC, not access policies. */
  readonly vaultName: string;
  /** Object id (GUID) of the application's identity, not its client id. */
  readonly principalId: string;
  /** Default `ServicePrincipal`, which managed identities are too. */
  readonly principalType?: "ServicePrincipal" | "User" | "Group" | undefined;
  /**
   * What to do with a folder whose values are asked for. Key Vault gives rights on single secrets or
   * on the whole vault. Default `refuse`; `vault` gives them on the vault, and tells it.
   */
  readonly folders?: "refuse" | "vault" | undefined;
}

/** Options that were checked. */
export interface AzurePlace {
  readonly names: NameCodec;
  /** `/subscriptions/…/resourceGroups/…` */
  readonly resourceGroup: string;
  /** Scope of the vault. */
  readonly vault: string;
  readonly principalId: string;
  readonly principalType: "ServicePrincipal" | "User" | "Group";
  readonly folders: "refuse" | "vault";
}

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;
const principalTypes: readonly string[] = ["ServicePrincipal", "User", "Group"];

/** @throws ConfigError for what would lead out of its place in an id */
export function checkPlace(options: AzureRolesOptions): AzurePlace {
  const { subscriptionId, resourceGroup, vaultName, principalId } = options;
  const { principalType = "ServicePrincipal", naming = "encoded", folders = "refuse" } = options;
  if (!guid.test(subscriptionId)) throw invalid("subscriptionId", "It is a GUID.");
  // Source: naming rules for Azure resources, Microsoft.Resources/resourceGroups.
  if (!/^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u.test(resourceGroup))
    throw invalid("resourceGroup", "Use letters, digits, _ ( ) . and -, not ending in a dot.");
  // Source: the same, Microsoft.KeyVault/vaults.
  if (!/^[A-Za-z](?!.*--)[A-Za-z\d-]{1,22}[A-Za-z\d]$/u.test(vaultName))
    throw invalid("vaultName", "Use the vault's name of 3 to 24 characters, not its address.");
  if (!guid.test(principalId))
    throw invalid("principalId", "It is the identity's object id, a GUID.");
  if (!principalTypes.includes(principalType))
    throw invalid("principalType", `Use ${principalTypes.join(", ")}.`);
  if (naming !== "encoded" && naming !== "raw") throw invalid("naming", "Use encoded or raw.");
  if (folders !== "refuse" && folders !== "vault") throw invalid("folders", "Use refuse or vault.");
  const group = `/subscriptions/${subscriptionId.toLowerCase()}/resourceGroups/${resourceGroup}`;
  return {
    names: naming === "raw" ? rawNames : encodedNames,
    resourceGroup: group,
    vault: `${group}/providers/Microsoft.KeyVault/vaults/${vaultName}`,
    principalId: principalId.toLowerCase(),
    principalType,
    folders,
  };
}

function invalid(field: string, advice: string): Error {
  return azureError("Config", `No roles can be made with this ${field}.`, {
    reason: "invalid-option",
    field,
    advice,
  });
}
