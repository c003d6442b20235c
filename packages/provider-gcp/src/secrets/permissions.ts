import type { PermissionOperation, PermissionsCapability } from "@kinko/core";
import { isFailure } from "../errors/service-failure.js";
import { resourceName, type SecretsContext } from "./context.js";
import { stateOf } from "./version-lookup.js";

/** What each operation on one secret asks for. Listing concerns the project. */
const permissionOf: Readonly<Record<Exclude<PermissionOperation, "list">, string>> = {
  get: "secretmanager.versions.access",
  put: "secretmanager.versions.add",
  delete: "secretmanager.secrets.delete",
};

/**
 * What the identity may do, by `testIamPermissions`. Of a secret that does not exist it knows
 * nothing, so the operations on it are left open; whether names may be listed is tried out.
 */
export function permissionsCapability(context: SecretsContext): PermissionsCapability {
  return {
    async check(ref, operations, { signal }) {
      const name = resourceName(context, ref.path);
      const answers = new Map<PermissionOperation, boolean>();
      const ofSecret = operations.filter((operation) => operation !== "list");
      const exists = await existence(context, name, signal);
      if (ofSecret.length > 0 && exists !== "no-secret") {
        const { permissions } = await context.service.call(
          "testIamPermissions",
          { resource: name, permissions: ofSecret.map((operation) => permissionOf[operation]) },
          signal,
        );
        for (const operation of ofSecret) {
          answers.set(operation, (permissions ?? []).includes(permissionOf[operation]));
        }
      }
      if (operations.includes("list")) answers.set("list", await mayList(context, signal));
      return {
        exists: exists === "unknown" ? undefined : exists === "readable",
        operations: answers,
      };
    },
  };
}

async function existence(
  { service }: SecretsContext,
  name: string,
  signal: AbortSignal,
): Promise<"readable" | "unreadable" | "no-secret" | "unknown"> {
  try {
    const newest = await service.call(
      "getSecretVersion",
      { name: `${name}/versions/latest` },
      signal,
    );
    return stateOf(newest) === "ENABLED" ? "readable" : "unreadable";
  } catch (error) {
    if (isFailure(error, "NOT_FOUND")) return "no-secret";
    if (isFailure(error, "PERMISSION_DENIED")) return "unknown";
    throw error;
  }
}

async function mayList(
  { service, settings }: SecretsContext,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await service.call(
      "listSecrets",
      { parent: settings.parent, filter: "", pageSize: 1, pageToken: "" },
      signal,
    );
    return true;
  } catch (error) {
    if (isFailure(error, "PERMISSION_DENIED")) return false;
    throw error;
  }
}
