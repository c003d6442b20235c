export { contractTests, describeProviderContract } from "./describe-provider-contract.js";
export type {
  ContractLimit,
  HarnessKeys,
  HarnessSubject,
  ProviderContractOptions,
  ProviderHarness,
} from "./harness.js";
