import type { AccessGrant, AccessManifest } from "./manifest.js";
import { accessOperations, type AccessOperation } from "./operations.js";

/** The grants of each operation that a manifest has, in the order of operations. */
export function grantsByOperation({
  grants,
}: Pick<AccessManifest, "grants">): ReadonlyMap<AccessOperation, readonly AccessGrant[]> {
  return new Map(
    accessOperations
      .map(
        (operation) =>
          [operation, grants.filter(({ operations }) => operations.includes(operation))] as const,
      )
      .filter(([, found]) => found.length > 0),
  );
}
