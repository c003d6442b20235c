import {
  native,
  unsupported,
  type CapabilityMap,
  type FeatureName,
  type FeatureSupport,
  type ProviderCapabilities,
} from "@kinko/core";
import { limits } from "./limits.js";

const noSingleVersion = unsupported(
  "Key Vault deletes and recovers whole secrets; a single version can only be disabled.",
);

const features: Readonly<Record<FeatureName, FeatureSupport>> = {
  versions: native,
  checkAndSet: unsupported(
    "Key Vault has no check-and-set: every write makes a new version, whatever is there.",
  ),
  softDelete: native,
  undelete: native,
  deleteVersion: noSingleVersion,
  destroyVersion: noSingleVersion,
  purge: native,
  tags: native,
  patch: unsupported("Key Vault changes whole values only, and has no check-and-set to build on."),
  bulkGet: unsupported("Key Vault reads one secret at a time; the store reads several at once."),
  watch: unsupported("Key Vault pushes its events to Event Grid, not to clients; the store polls."),
  permissions: unsupported("Key Vault has no request that tells what an identity may do."),
};

/** What every vault can do. */
export function capabilities(
  extensions: Pick<CapabilityMap, "versions" | "keyVault">,
): ProviderCapabilities {
  return { features, limits, extensions };
}
