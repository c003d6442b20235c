import { featureNames, native } from "@kinko/core";
import type { CapabilityMap, FeatureName, FeatureSupport, ProviderCapabilities } from "@kinko/core";

/** Declares that everything is native. */
export function memoryCapabilities(
  extensions: Partial<CapabilityMap>,
  limits: { readonly maxValueBytes: number; readonly maxVersions: number },
): ProviderCapabilities {
  const features = Object.fromEntries(featureNames.map((name) => [name, native])) as Record<
    FeatureName,
    FeatureSupport
  >;
  return {
    features,
    limits: { ...limits, source: "options of the in-memory provider" },
    extensions,
  };
}
