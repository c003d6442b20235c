export { contractTests, describeProviderContract } from "./describe-provider-contract.js";
export type {
  ContractLimit,
  HarnessKeys,
  HarnessRoles,
  HarnessSubject,
  ProviderContractOptions,
  ProviderHarness,
} from "./harness.js";
export { describeProviderFaults, providerFaultTests } from "./faults/describe-provider-faults.js";
export type { FaultHarness, ProviderFaultsOptions } from "./faults/harness.js";
