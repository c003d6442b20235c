import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import type { PermissionOperation, PermissionsCapability } from "@kinko/core";
import { keyOf } from "../names.js";
import type { StoreFile } from "../store/store-file.js";

/**
 * What this process may do: reading needs an identity that opens the file, writing also a folder
 * in which the file can be replaced. There are no rights per name.
 */
export function permissionsCapability(store: StoreFile): PermissionsCapability {
  return {
    async check(ref, operations, { signal }) {
      const exists = await store.read(signal, (document) => document.has(keyOf(ref.path)));
      const writable = await isWritable(dirname(store.settings.file));
      const allowed = (operation: PermissionOperation): boolean =>
        operation === "get" || operation === "list" || writable;
      return {
        exists,
        operations: new Map(operations.map((operation) => [operation, allowed(operation)])),
      };
    },
  };
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
