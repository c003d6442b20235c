import type { SecretPath } from "../refs/ref.js";
import { grantKey, sortGrants, type AccessGrant, type AccessManifest } from "./manifest.js";
import { sortOperations, type AccessOperation } from "./operations.js";

/** How what was used differs from what was declared. */
export interface AccessDifference {
  /** Used, and not declared: it would be denied. */
  readonly missing: readonly AccessGrant[];
  /** Declared, and not used: a right that can be taken away. */
  readonly unused: readonly AccessGrant[];
}

/**
 * Compares what an application declares with what it uses, such as what its audit log suggests. A
 * folder covers what is below it, also other folders.
 */
export function compareAccess(
  declared: Pick<AccessManifest, "grants">,
  used: Pick<AccessManifest, "grants">,
): AccessDifference {
  return {
    missing: uncovered(used.grants, (grant, operation) =>
      declared.grants.some((one) => one.operations.includes(operation) && covers(one, grant)),
    ),
    unused: uncovered(declared.grants, (grant, operation) =>
      used.grants.some((one) => one.operations.includes(operation) && covers(grant, one)),
    ),
  };
}

function uncovered(
  grants: readonly AccessGrant[],
  isCovered: (grant: AccessGrant, operation: AccessOperation) => boolean,
): readonly AccessGrant[] {
  const rest = grants
    .map((grant) => ({
      ...grant,
      operations: sortOperations(
        grant.operations.filter((operation) => !isCovered(grant, operation)),
      ),
    }))
    .filter(({ operations }) => operations.length > 0);
  return sortGrants(rest);
}

/** Whether `wide` grants on all that `narrow` is. */
function covers(wide: AccessGrant, narrow: AccessGrant): boolean {
  if (grantKey(wide) === grantKey(narrow)) return true;
  return wide.kind === "folder" && isBelow(narrow.path, wide.path);
}

function isBelow(path: SecretPath, folder: SecretPath): boolean {
  return path.length > folder.length && folder.every((segment, index) => path[index] === segment);
}
