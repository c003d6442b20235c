export type { FaultAction, FaultRule } from "./faults.js";
export { keyVaultLimits } from "./limits.js";
export type { KeyVaultRequest, SecretPermission } from "./protocol.js";
export { startKeyVaultServer } from "./server.js";
export type { KeyVaultServer, KeyVaultServerOptions, RecordedRequest } from "./server.js";
export type { ClientRegistration } from "./token-endpoint.js";
export type { TokenClaims } from "./tokens.js";
