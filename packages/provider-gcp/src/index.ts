export { provider } from "./provider.js";
export type { GcpOptions } from "./options.js";
export type {
  SecretManagerCapability,
  SecretManagerProperties,
} from "./secret-manager-capability.js";
