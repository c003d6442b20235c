import { accessOperations, type AccessOperation } from "@kinko/core/access";
import { vaultError } from "../../errors/vault-error.js";
import { kv2Sections, type Kv2Section } from "../kv2-sections.js";
import type { Capability } from "../model.js";

/** What an operation needs, and of which section. */
type Needs = Readonly<Partial<Record<Kv2Section, readonly Capability[]>>>;

/** Source: Vault 1.21, api-docs/secret/kv/kv-v2. */
const version2: Readonly<Record<AccessOperation, Needs>> = {
  get: { data: ["read"] },
  put: { data: ["create", "update"] },
  patch: { data: ["create", "read", "update"] },
  delete: { data: ["delete"] },
  list: { metadata: ["list"] },
  tags: { metadata: ["create", "update"] },
  versions: { metadata: ["read"] },
  deleteVersion: { delete: ["update"] },
  undelete: { undelete: ["update"] },
  destroy: { destroy: ["update"] },
  // Vault says done to the deletion of what is not there, so Kinko looks before.
  purge: { metadata: ["delete", "read"] },
};

/** Version 1 has one address a secret and keeps no versions; its only deletion is for good. */
const version1: Readonly<Partial<Record<AccessOperation, readonly Capability[]>>> = {
  get: ["read"],
  put: ["create", "update"],
  patch: ["create", "read", "update"],
  list: ["list"],
  purge: ["delete"],
};

/** The sections of the API with what operations need there; without a section for version 1. */
export function neededSections(
  operations: readonly AccessOperation[],
  kvVersion: 1 | 2,
): ReadonlyMap<Kv2Section | undefined, readonly Capability[]> {
  const needed = new Map<Kv2Section | undefined, Set<Capability>>();
  const add = (section: Kv2Section | undefined, capabilities: readonly Capability[]): void => {
    const known = needed.get(section) ?? new Set();
    for (const capability of capabilities) known.add(capability);
    needed.set(section, known);
  };
  for (const operation of operations) {
    if (!Object.hasOwn(version2, operation)) throw unknownOperation();
    if (kvVersion === 1) add(undefined, version1[operation] ?? throwNotInVersion1());
    else
      for (const section of kv2Sections) {
        const capabilities = version2[operation][section];
        if (capabilities !== undefined) add(section, capabilities);
      }
  }
  return new Map([...needed].map(([section, set]) => [section, [...set].toSorted()]));
}

function unknownOperation(): Error {
  return vaultError("InvalidValue", "This is no operation on secrets.", {
    reason: "unknown-operation",
    field: "operations",
    advice: `Use ${accessOperations.join(", ")}.`,
  });
}

function throwNotInVersion1(): never {
  throw vaultError("Unsupported", "KV version 1 does not have this operation.", {
    reason: "kv-version-1",
    field: "operations",
    advice: "Use get, put, patch, list and purge, or a mount with KV version 2.",
  });
}
