import type { ProviderCapabilities } from "@kinko/core";
import { describe } from "vitest";
import { createContract, storeOf, type Contract } from "./contract-test.js";
import type { ProviderContractOptions } from "./harness.js";
import { describeBasics } from "./suites/basics.js";
import { describeCapabilities } from "./suites/capabilities.js";
import { describeCheckAndSet } from "./suites/check-and-set.js";
import { describeDeletion } from "./suites/deletion.js";
import { describeDynamic } from "./suites/dynamic.js";
import { describeEncryption } from "./suites/encryption.js";
import { describeFields } from "./suites/fields.js";
import { describeHostileNames } from "./suites/hostile-names.js";
import { describeKinds } from "./suites/kinds.js";
import { describeLifecycle } from "./suites/lifecycle.js";
import { describeListing } from "./suites/listing.js";
import { describeSigning } from "./suites/signing.js";
import { describeSizes } from "./suites/sizes.js";
import { describeTags } from "./suites/tags.js";
import { describeVersions } from "./suites/versions.js";
import { describeWatchAndPermissions } from "./suites/watch-and-permissions.js";

/** Every part of the contract, by its title. */
const suites: Readonly<Record<string, (contract: Contract) => void>> = {
  capabilities: describeCapabilities,
  basics: describeBasics,
  kinds: describeKinds,
  sizes: describeSizes,
  versions: describeVersions,
  "check-and-set": describeCheckAndSet,
  deletion: describeDeletion,
  fields: describeFields,
  tags: describeTags,
  listing: describeListing,
  "watch and permissions": describeWatchAndPermissions,
  encryption: describeEncryption,
  signing: describeSigning,
  dynamic: describeDynamic,
  lifecycle: describeLifecycle,
  "hostile names": describeHostileNames,
};

/**
 * Registers the contract that every provider has to keep, as vitest tests.
 *
 * Which tests there are follows from what the provider declares: a feature that it supports gets
 * its whole suite, one that it does not is asserted to fail with Unsupported and a reason. There
 * is no way to leave a test out.
 *
 * @example
 * describeProviderContract({
 *   name: "memory",
 *   createHarness: async () => {
 *     const provider = createMemoryProvider();
 *     return { provider, cleanup: () => provider.close() };
 *   },
 * });
 */
export function describeProviderContract(options: ProviderContractOptions): void {
  describe(`contract of ${options.name}`, async () => {
    // One harness more, before the tests, because the declared features decide which ones exist.
    const harness = await options.createHarness();
    const contract = createContract(options, storeOf(options.name, harness).capabilities);
    await harness.cleanup();
    for (const [title, suite] of Object.entries(suites)) describe(title, () => suite(contract));
  });
}

/**
 * Titles of the tests that {@link describeProviderContract} registers for a provider with these
 * capabilities, without running any. Documentation counts them.
 */
export function contractTests(capabilities: ProviderCapabilities): readonly string[] {
  const titles: string[] = [];
  for (const [suite, register] of Object.entries(suites)) {
    register({
      options: { name: "", createHarness: () => Promise.reject(new Error("Nothing is run.")) },
      capabilities,
      supports: (feature) => capabilities.features[feature].support !== "unsupported",
      test: (title) => void titles.push(`${suite}: ${title}`),
    });
  }
  return titles;
}
