import { InvalidValueError } from "../errors/classes.js";
import { formatPath } from "../refs/format-ref.js";
import { parsePrefix, parseRef } from "../refs/parse-ref.js";
import type { RefInput, SecretPath } from "../refs/ref.js";
import { isAccessOperation, sortOperations, type AccessOperation } from "./operations.js";

/** What may be done with one secret, or with all secrets below a folder. */
export interface AccessGrant {
  readonly kind: "secret" | "folder";
  /** Of the secret or the folder; empty for a folder that is everything. */
  readonly path: SecretPath;
  /** Each once, at least one, in a fixed order. */
  readonly operations: readonly AccessOperation[];
}

/** What an application uses, whoever keeps it: rights are generated from it for each backend. */
export interface AccessManifest {
  /** 1 to 64 letters, digits, `_`, `.` and `-`; it names what is generated. */
  readonly application: string;
  /** No two of the same secret or folder, sorted by path. */
  readonly grants: readonly AccessGrant[];
}

/** An entry of a manifest as it is written. */
export type AccessEntry =
  | {
      /** A reference; field and version are left out, since rights are of whole secrets. */
      readonly secret: RefInput;
      /** Default: get. */
      readonly operations?: readonly AccessOperation[] | undefined;
    }
  | {
      /** Everything below, such as `prod/app`; `""` is everything there is. */
      readonly folder: string | SecretPath;
      /** Default: get. */
      readonly operations?: readonly AccessOperation[] | undefined;
    };

/** A manifest as it is written. */
export interface AccessInput {
  readonly application: string;
  readonly access: readonly AccessEntry[];
}

/**
 * Declares what an application uses. Entries of one path are put together.
 *
 * @throws InvalidRefError, InvalidValueError naming the entry in `field`
 * @example
 * const manifest = defineAccess({
 *   application: "payments",
 *   access: [
 *     { secret: "prod/payments/db#password" },
 *     { folder: "prod/payments/keys", operations: ["get", "list"] },
 *   ],
 * });
 */
export function defineAccess(input: AccessInput): AccessManifest {
  const { application, access } = input;
  if (!isApplicationName(application))
    throw invalid("application", "Name it with 1 to 64 letters, digits, _, . and -.");
  if (!Array.isArray(access) || access.length === 0)
    throw invalid("access", "Name at least one secret or folder.");
  const grants = new Map<string, AccessGrant>();
  for (const [index, entry] of (access as readonly AccessEntry[]).entries()) {
    const grant = grantOf(entry, `access.${index}`);
    const key = grantKey(grant);
    const operations = [...(grants.get(key)?.operations ?? []), ...grant.operations];
    grants.set(key, Object.freeze({ ...grant, operations: sortOperations(operations) }));
  }
  return Object.freeze({ application, grants: sortGrants(grants.values()) });
}

/** Whether an application can be named so: a name that policies of all backends can have in theirs. */
export function isApplicationName(name: unknown): name is string {
  return typeof name === "string" && /^[A-Za-z\d](?:[\w.-]{0,62}[A-Za-z\d])?$/u.test(name);
}

/** Tells grants of one secret or folder from others. */
export function grantKey({ kind, path }: Pick<AccessGrant, "kind" | "path">): string {
  return `${kind} ${path.map(encodeURIComponent).join("/")}`;
}

/** By path, a folder before the secret of the same name. */
export function sortGrants(grants: Iterable<AccessGrant>): readonly AccessGrant[] {
  const sorted = Array.from(grants, (grant) => ({ grant, text: formatPath(grant.path) }));
  sorted.sort((left, right) =>
    left.text === right.text
      ? left.grant.kind < right.grant.kind
        ? -1
        : 1
      : left.text < right.text
        ? -1
        : 1,
  );
  return Object.freeze(sorted.map(({ grant }) => grant));
}

function grantOf(entry: AccessEntry, field: string): AccessGrant {
  if (typeof entry !== "object" || entry === null)
    throw invalid(field, "Write entries with secret or folder.");
  const { operations = ["get"] } = entry;
  if (!Array.isArray(operations) || operations.length === 0 || !operations.every(isAccessOperation))
    throw invalid(field, "Name operations such as get, put, delete and list.");
  const isSecret = "secret" in entry;
  if (isSecret === "folder" in entry) throw invalid(field, "Name either a secret or a folder.");
  if (!isSecret) return { kind: "folder", path: parsePrefix(entry.folder), operations };
  if (operations.includes("list"))
    throw invalid(field, "A secret is not listed: grant list on its folder.");
  return { kind: "secret", path: parseRef(entry.secret).path, operations };
}

function invalid(field: string, advice: string): InvalidValueError {
  return new InvalidValueError("This is no manifest of what an application uses.", {
    reason: "invalid-manifest",
    field,
    advice,
  });
}
