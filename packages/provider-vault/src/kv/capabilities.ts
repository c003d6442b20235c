import {
  native,
  unsupported,
  type CapabilityMap,
  type FeatureName,
  type FeatureSupport,
  type PermissionsCapability,
  type ProviderCapabilities,
  type VersionsCapability,
} from "@kinko/core";
import { limits } from "./limits.js";

type Features = Readonly<Record<FeatureName, FeatureSupport>>;

const bulkGet = unsupported("Vault reads one secret at a time; the store reads several at once.");
const watch = unsupported("Open-source Vault pushes no changes; the store polls.");

const version2: Features = {
  versions: native,
  checkAndSet: native,
  softDelete: native,
  undelete: native,
  deleteVersion: native,
  destroyVersion: native,
  purge: native,
  tags: native,
  // The store changes fields under check-and-set, which is as atomic and does what is meant.
  patch: unsupported(
    "Vault's own patch merges nested objects instead of replacing a field, and cannot see whether the map stands for a text or binary secret.",
  ),
  bulkGet,
  watch,
  permissions: native,
};

const oneValue = unsupported(
  "KV version 1 keeps one value per name; use a mount with KV version 2.",
);

const version1: Features = {
  versions: oneValue,
  checkAndSet: unsupported("KV version 1 has no check-and-set; use a mount with KV version 2."),
  softDelete: unsupported("KV version 1 deletes for good; pass mode `purge`, or use KV version 2."),
  undelete: oneValue,
  deleteVersion: oneValue,
  destroyVersion: oneValue,
  purge: native,
  tags: unsupported("KV version 1 has no metadata; use a mount with KV version 2."),
  patch: unsupported(
    "KV version 1 has neither patch nor check-and-set; use a mount with KV version 2.",
  ),
  bulkGet,
  watch,
  permissions: native,
};

/** What a mount can do. With `auto` it is what version 2 can, until the server has been asked. */
export function kvCapabilities(
  version: 1 | 2,
  extensions: {
    readonly versions: VersionsCapability;
    readonly permissions: PermissionsCapability;
  },
  engines: Readonly<Partial<CapabilityMap>>,
): ProviderCapabilities {
  return version === 2
    ? { features: version2, limits, extensions: { ...engines, ...extensions } }
    : {
        features: version1,
        limits: { maxValueBytes: limits.maxValueBytes ?? 0, source: limits.source },
        extensions: { ...engines, permissions: extensions.permissions },
      };
}
