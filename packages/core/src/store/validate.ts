import type { PermissionOperation, PermissionsCapability } from "../capabilities/capability-map.js";
import { formatRef } from "../refs/format-ref.js";
import { parseRef } from "../refs/parse-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Requirement, ValidationItem, ValidationReport } from "./secret-store.js";

type Check = (
  ref: SecretRef,
  operations: readonly PermissionOperation[],
) => ReturnType<PermissionsCapability["check"]>;

/** Checks requirements one after the other; all of them are reported, not only the first failure. */
export async function validate(
  requirements: readonly Requirement[],
  check: Check,
): Promise<ValidationReport> {
  const parsed = requirements.map(({ ref, operations }) => ({
    ref: parseRef(ref),
    operations: operations ?? (["get"] as const),
  }));
  const items: ValidationItem[] = [];
  for (const { ref, operations } of parsed) {
    const answer = await check(ref, operations);
    for (const operation of operations) {
      items.push({
        ref: formatRef(ref),
        operation,
        status: statusOf(operation, answer.operations.get(operation), answer.exists),
      });
    }
  }
  const ok = items.every(({ status }) => status !== "denied" && status !== "missing");
  return { ok, items };
}

function statusOf(
  operation: PermissionOperation,
  allowed: boolean | undefined,
  exists: boolean | undefined,
): ValidationItem["status"] {
  if (allowed === false) return "denied";
  // What is about to be written or listed need not exist yet.
  if (exists === false && (operation === "get" || operation === "delete")) return "missing";
  return allowed === undefined ? "unknown" : "allowed";
}
