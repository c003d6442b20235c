export { provider } from "./provider.js";
export type { VaultOptions } from "./options.js";
export type * from "./transit/types.js";
export type * from "./database/types.js";
export type * from "./dynamic/types.js";
