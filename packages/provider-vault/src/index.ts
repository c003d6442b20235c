export { provider } from "./provider.js";
export type { VaultOptions } from "./options.js";
export type * from "./transit/types.js";
export type * from "./database/types.js";
export type * from "./dynamic/types.js";
export type * from "./tokens/types.js";
export type * from "./wrapping/types.js";
export type * from "./auth-admin/types.js";
export type * from "./auth-admin/identity-types.js";
