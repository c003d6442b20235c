import type { AccessGrant } from "./manifest.js";
import type { AccessOperation } from "./operations.js";

/**
 * A right that a backend can give only more widely than a manifest asks, such as to list all names of
 * a vault. Whoever generates rights tells each, so that a person decides.
 */
export interface WiderAccess {
  readonly grant: AccessGrant;
  readonly operation: AccessOperation;
  /** Native name of what the right is given on. */
  readonly scope: string;
  /** One sentence: what it allows beyond what was asked. */
  readonly why: string;
}
