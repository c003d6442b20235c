export { findingOfError, probeAccess } from "./probe-access.js";
export type { AccessProbe, ProbeAccessOptions } from "./probe-access.js";
