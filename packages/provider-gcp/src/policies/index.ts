export { conditionLimits } from "./conditions.js";
export { gcpBindingsFor, type GcpBindings } from "./gcp-bindings.js";
export type { GcpBindingsOptions } from "./options.js";
export type { GcpBinding, GcpCondition, GcpResourceBindings, GcpRole } from "./resources.js";
