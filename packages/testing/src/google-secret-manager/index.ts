export type { FailureDetails, StatusName } from "./failure.js";
export type { FaultAction, FaultRule } from "./faults.js";
export { secretManagerLimits } from "./limits.js";
export type { SecretManagerPermission } from "./policies.js";
export { startSecretManagerServer } from "./server.js";
export type { SecretManagerServer, SecretManagerServerOptions } from "./server.js";
export type { MethodName, SecretManagerCall } from "./service.js";
