import { describe } from "vitest";
import { createContract, storeOf } from "./contract-test.js";
import type { ProviderContractOptions } from "./harness.js";
import { describeBasics } from "./suites/basics.js";
import { describeCapabilities } from "./suites/capabilities.js";
import { describeCheckAndSet } from "./suites/check-and-set.js";
import { describeDeletion } from "./suites/deletion.js";
import { describeFields } from "./suites/fields.js";
import { describeHostileNames } from "./suites/hostile-names.js";
import { describeKinds } from "./suites/kinds.js";
import { describeLifecycle } from "./suites/lifecycle.js";
import { describeListing } from "./suites/listing.js";
import { describeSizes } from "./suites/sizes.js";
import { describeTags } from "./suites/tags.js";
import { describeVersions } from "./suites/versions.js";
import { describeWatchAndPermissions } from "./suites/watch-and-permissions.js";

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
    describe("capabilities", () => describeCapabilities(contract));
    describe("basics", () => describeBasics(contract));
    describe("kinds", () => describeKinds(contract));
    describe("sizes", () => describeSizes(contract));
    describe("versions", () => describeVersions(contract));
    describe("check-and-set", () => describeCheckAndSet(contract));
    describe("deletion", () => describeDeletion(contract));
    describe("fields", () => describeFields(contract));
    describe("tags", () => describeTags(contract));
    describe("listing", () => describeListing(contract));
    describe("watch and permissions", () => describeWatchAndPermissions(contract));
    describe("lifecycle", () => describeLifecycle(contract));
    describe("hostile names", () => describeHostileNames(contract));
  });
}
