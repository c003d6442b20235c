import { featureNames, type CapabilityName, type FeatureName } from "@kinko/core";
import { expect } from "vitest";
import type { Contract } from "../contract-test.js";

/** The typed object that a feature needs. */
const extensionOf: Partial<Record<FeatureName, CapabilityName>> = {
  versions: "versions",
  undelete: "versions",
  patch: "patch",
  bulkGet: "bulkGet",
  watch: "watch",
  permissions: "permissions",
};

/** The declared table is complete, and true. */
export function describeCapabilities(contract: Contract): void {
  contract.test(
    "declares every feature, and says why one is missing or emulated",
    async ({ store }) => {
      for (const name of featureNames) {
        const feature = store.capabilities.features[name];
        if (feature.support !== "native") expect(feature.reason, name).toMatch(/\S+ \S+/u);
      }
      expect(store.capabilities.limits.source).toMatch(/\S/u);
    },
  );

  contract.test(
    "offers the typed object of each feature that it declares",
    async ({ store, supports }) => {
      for (const [feature, capability] of Object.entries(extensionOf)) {
        if (supports(feature as FeatureName)) expect(store.as(capability), feature).toBeDefined();
      }
    },
  );

  contract.test("declares the same for every instance", async ({ store }) => {
    expect(store.capabilities.features).toEqual(contract.capabilities.features);
    expect(store.capabilities.limits).toEqual(contract.capabilities.limits);
  });

  for (const feature of ["patch", "bulkGet", "watch", "permissions"] as const) {
    if (contract.supports(feature)) continue;
    contract.test(`refuses ${feature} as Unsupported`, async ({ store, expectFailure }) => {
      const asked = Promise.resolve().then(() => store.as(feature));
      const error = await expectFailure(asked, "Unsupported");
      expect(error.reason).toBe(`no-${feature}`);
    });
  }
}
