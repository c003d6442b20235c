import {
  emulated,
  native,
  unsupported,
  type CapabilityMap,
  type FeatureName,
  type FeatureSupport,
  type ProviderCapabilities,
} from "@kinko/core";
import { limits, limitsWithTags } from "./limits.js";

const deletesAtOnce = unsupported(
  "Secret Manager deletes secrets for good and at once; pass mode `purge`, or disable versions through store.as('secretManager').",
);

const features: Readonly<Record<Exclude<FeatureName, "tags">, FeatureSupport>> = {
  versions: native,
  checkAndSet: unsupported(
    "Secret Manager adds versions without a condition: its etags guard the metadata of a secret and the state of a version, never a new version.",
  ),
  softDelete: deletesAtOnce,
  undelete: deletesAtOnce,
  deleteVersion: unsupported(
    "A version is enabled, disabled or destroyed, and a disabled one is not a deleted one; disable it through store.as('secretManager').",
  ),
  destroyVersion: native,
  purge: native,
  patch: unsupported("Secret Manager writes whole values, and has no check-and-set to build on."),
  bulkGet: unsupported(
    "Secret Manager reads one secret at a time; the store reads several at once.",
  ),
  watch: unsupported(
    "Secret Manager sends its events to Pub/Sub topics, not to clients; the store polls.",
  ),
  permissions: native,
};

const tagsOff = unsupported(
  "Reading tags takes a second request against a quota of 600 a minute; set the option tags to true.",
);
const tagsOn = emulated(
  "Tags are annotations of the secret, written by a request of their own before the value and read by a second one.",
);

/** What a project can do. */
export function capabilities(
  tags: boolean,
  extensions: Pick<CapabilityMap, "versions" | "permissions" | "secretManager">,
): ProviderCapabilities {
  return {
    features: { ...features, tags: tags ? tagsOn : tagsOff },
    limits: tags ? limitsWithTags : limits,
    extensions,
  };
}
