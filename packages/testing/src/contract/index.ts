export { contractTests, describeProviderContract } from "./describe-provider-contract.js";
export type {
  ContractLimit,
  HarnessSubject,
  ProviderContractOptions,
  ProviderHarness,
} from "./harness.js";
