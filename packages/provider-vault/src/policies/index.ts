export {
  capabilities,
  grantedCapabilities,
  isCapability,
  legacyCapabilities,
  type Capability,
  type ControlGroup,
  type ControlGroupFactor,
  type LegacyPolicy,
  type ParameterValue,
  type ParameterValues,
  type PolicyDocument,
  type PolicyPosition,
  type PolicyRule,
} from "./model.js";
export { PolicySyntaxError } from "./errors.js";
export { parsePolicy, tryParsePolicy } from "./read/parse-policy.js";
export { printPolicy, printPolicyJson } from "./write/print-policy.js";
export { isTemplated, patternOf, type PathPattern } from "./paths.js";
export { can, capabilitiesFor, type PolicyQuestion } from "./simulate/can.js";
export { capabilityBit } from "./simulate/bits.js";
export {
  compilePolicies,
  type CompiledPolicies,
  type CompileOptions,
  type CompileState,
  type NamedPolicy,
} from "./simulate/compile.js";
export type { Decision, DecisionReason, PolicyRequest } from "./simulate/decide.js";
export { explain, type Explanation } from "./simulate/explain.js";
export type {
  PolicyAlias,
  PolicyEntity,
  PolicyGroup,
  PolicyIdentity,
} from "./simulate/identity.js";
export type { MergedRule, RuleSource } from "./simulate/merge.js";
export { operations, type PolicyOperation } from "./simulate/operations.js";
export type { ParameterProblem, RequestParameters } from "./simulate/parameters.js";
export { isRootPath, rootPaths } from "./simulate/root-paths.js";
export { isSamePolicy } from "./compare/canonical.js";
export { compareTogether, type JointOpening } from "./compare/compare-together.js";
export { compareRules, type RuleChange } from "./compare/compare-policies.js";
export {
  readPolicyFiles,
  readPolicyFolder,
  type PolicyFile,
  type PolicyFileProblem,
  type PolicyFolder,
} from "./plan/read-folder.js";
export { readPolicyPlan } from "./plan/read-plan.js";
export type { PolicyChange, PolicyPlan } from "./plan/types.js";
export type { ConditionChange } from "./compare/conditions.js";
export {
  compareDecisions,
  isClosing,
  isOpening,
  type DecisionChange,
} from "./compare/decision-changes.js";
export { PolicyTestFileError } from "./test-file/error.js";
export type {
  PolicyTest,
  PolicyTestCapabilities,
  PolicyTestCheck,
  PolicyTestFile,
} from "./test-file/model.js";
export { parsePolicyIdentity } from "./test-file/identity.js";
export { parsePolicyTests } from "./test-file/parse.js";
export { formatJunit, formatTap, type PolicyTestReports } from "./test-file/report.js";
export {
  runPolicyTests,
  type PolicyTestReport,
  type PolicyTestResult,
  type UntestedRule,
} from "./test-file/run.js";
export type { LintCode, LintFinding, LintOptions, LintSeverity } from "./lint/finding.js";
export { lintPolicy } from "./lint/lint-policy.js";
export { vaultPolicyFor, type VaultPolicyOptions } from "./generate/vault-policy.js";
export type { KvPlace } from "./presets/kv-rules.js";
export {
  applicationPolicy,
  developerPolicy,
  devopsPolicy,
  type ApplicationPolicyOptions,
  type DeveloperPolicyOptions,
} from "./presets/least-privilege.js";
export {
  identityPolicy,
  type IdentityPolicyOptions,
  type IdentitySubject,
} from "./presets/identity-policy.js";
export { isolationPolicy, type IsolationPolicyOptions } from "./presets/isolation-policy.js";
export { constrainPolicy, type PolicyConstraints } from "./presets/constrain-policy.js";
export type { LayerLevel, PolicyLayer } from "./presets/layer.js";
export {
  environmentBaseLayer,
  globalDenyLayer,
  serviceLayer,
  type EnvironmentBaseLayerOptions,
  type GlobalDenyLayerOptions,
  type ServiceLayerOptions,
  type ServiceSecret,
} from "./presets/layers.js";
export {
  adminOverrideLayer,
  type AdminOverrideLayer,
  type AdminOverrideLayerOptions,
  type LoginEnforcement,
  type OverridePath,
  type OverrideReason,
} from "./presets/admin-override.js";
export {
  composeLayers,
  type LayeredPolicies,
  type LayerOverlap,
} from "./presets/compose-layers.js";
export {
  overrideAgePolicy,
  writeMfaPolicy,
  type OverrideAgePolicyOptions,
  type WriteMfaPolicyOptions,
} from "./presets/sentinel-presets.js";
export {
  deleteSentinelPolicy,
  putSentinelPolicy,
  type EndpointPolicy,
  type EnforcementLevel,
  type RolePolicy,
  type SentinelClient,
  type SentinelPolicy,
} from "./sentinel/sentinel-policy.js";
