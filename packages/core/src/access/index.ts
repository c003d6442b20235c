export { accessOperations, type AccessOperation } from "./operations.js";
export {
  defineAccess,
  type AccessEntry,
  type AccessGrant,
  type AccessInput,
  type AccessManifest,
} from "./manifest.js";
export { readAccessManifest } from "./read-manifest.js";
export { grantsByOperation } from "./by-operation.js";
export { compareAccess, type AccessDifference } from "./compare.js";
export type { WiderAccess } from "./wider.js";
