export { EngineCalls } from "../../engine/engine-calls.js";
export { policyMeanings } from "./meanings.js";
export { createPolicies } from "./policies.js";
