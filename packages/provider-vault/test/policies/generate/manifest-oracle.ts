import {
  accessOperations,
  type AccessEntry,
  type AccessManifest,
  type AccessOperation,
} from "@kinko/core/access";
import fc from "fast-check";
import { isSecretError } from "@kinko/core";
import { expect } from "vitest";
import {
  vaultPolicyFor,
  type PolicyDocument,
  type PolicyRequest,
  type VaultPolicyOptions,
} from "../../../src/policies/index.js";

/** What is asked of Vault for an operation; those on whole secrets of version 2. */
export const requests: Readonly<
  Record<AccessOperation, (mount: string, path: string) => readonly PolicyRequest[]>
> = {
  get: (mount, path) => [{ operation: "read", path: `${mount}/data/${path}` }],
  put: (mount, path) => [
    { operation: "create", path: `${mount}/data/${path}` },
    { operation: "update", path: `${mount}/data/${path}` },
  ],
  patch: (mount, path) => [
    { operation: "read", path: `${mount}/data/${path}` },
    { operation: "create", path: `${mount}/data/${path}` },
    { operation: "update", path: `${mount}/data/${path}` },
  ],
  delete: (mount, path) => [{ operation: "delete", path: `${mount}/data/${path}` }],
  list: (mount, path) => [{ operation: "list", path: `${mount}/metadata/${path}` }],
  tags: (mount, path) => [
    {
      operation: "update",
      path: `${mount}/metadata/${path}`,
      parameters: { custom_metadata: { team: "payments" } },
    },
  ],
  versions: (mount, path) => [{ operation: "read", path: `${mount}/metadata/${path}` }],
  deleteVersion: (mount, path) => [{ operation: "update", path: `${mount}/delete/${path}` }],
  undelete: (mount, path) => [{ operation: "update", path: `${mount}/undelete/${path}` }],
  destroy: (mount, path) => [{ operation: "update", path: `${mount}/destroy/${path}` }],
  purge: (mount, path) => [
    { operation: "delete", path: `${mount}/metadata/${path}` },
    { operation: "read", path: `${mount}/metadata/${path}` },
  ],
};

/** Bodies that change more of a secret's metadata than its tags: no operation of a manifest allows one. */
export const metadataLimits: readonly Readonly<Record<string, unknown>>[] = [
  { max_versions: 1 },
  { delete_version_after: "1s" },
  { cas_required: true },
  { custom_metadata: { team: "payments" }, max_versions: 1 },
];

/** Operations that others contain, and so are allowed with them. */
const contained: Readonly<Partial<Record<AccessOperation, readonly AccessOperation[]>>> = {
  get: ["patch"],
  put: ["patch"],
  versions: ["purge"],
};

/** Whether a manifest says so, read plainly. */
export function isGranted(
  { grants }: AccessManifest,
  operation: AccessOperation,
  path: readonly string[],
) {
  const wanted = [operation, ...(contained[operation] ?? [])];
  const granting = grants.filter((grant) => {
    const isBelow = grant.path.every((segment, index) => segment === path[index]);
    return grant.kind === "secret"
      ? isBelow && grant.path.length === path.length
      : isBelow &&
          (operation === "list"
            ? path.length >= grant.path.length
            : path.length > grant.path.length);
  });
  const operations = granting.flatMap((grant) => grant.operations);
  // Reading and writing one by one are together a change of fields.
  const patches = operation === "patch" && operations.includes("get") && operations.includes("put");
  return patches || operations.some((one) => wanted.includes(one));
}

const segment = fc.constantFrom("a", "b", "a+", "+a", "a*b", "é ü", "}", "{", '"', "$");
export const path = fc.array(segment, { minLength: 1, maxLength: 3 });
const secretOperations = accessOperations.filter((one) => one !== "list");
export const entry: fc.Arbitrary<AccessEntry> = fc.oneof(
  fc.record({
    secret: path.map((segments) => ({ path: segments })),
    operations: fc.subarray(secretOperations, { minLength: 1 }),
  }),
  fc.record({
    folder: fc.oneof({ weight: 5, arbitrary: path }, { weight: 1, arbitrary: fc.constant("") }),
    operations: fc.subarray([...accessOperations], { minLength: 1, maxLength: 4 }),
  }),
);

/** The policy of a manifest, or undefined for one with a name that no rule can be for beside the others. */
export function tryPolicy(
  manifest: AccessManifest,
  options: VaultPolicyOptions = {},
): PolicyDocument | undefined {
  try {
    return vaultPolicyFor(manifest, options);
  } catch (error) {
    expect(isSecretError(error, "Unsupported") && error.reason).toBe("not-expressible");
    const names = manifest.grants.flatMap((grant) => grant.path);
    expect(names.some((name) => name.startsWith("+"))).toBe(true);
    return undefined;
  }
}
