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
