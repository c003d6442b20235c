import type { AccessGrant, AccessManifest, AccessOperation } from "@kinko/core/access";
import { vaultError } from "../../errors/vault-error.js";
import { covers, samplePath } from "../covers.js";
import type { PolicyDocument, PolicyRule } from "../model.js";
import { patternOf } from "../paths.js";
import {
  checkPlace,
  joinRules,
  kvAddress,
  kvRules,
  type CheckedPlace,
  type KvPlace,
} from "../presets/kv-rules.js";
import { compilePolicies } from "../simulate/compile.js";
import { literalPath } from "./literal-path.js";

/** How a policy is made of a manifest. */
export interface VaultPolicyOptions extends KvPlace {
  /**
   * Whether the token may look after itself: be looked up, renewed and revoked, and asked what it may
   * do. Default false; wanted where tokens leave Vault's policy `default` out.
   */
  readonly selfService?: boolean | undefined;
}

/** Of the policy `default`, what an application that keeps its own token needs. */
const selfServiceRules: readonly PolicyRule[] = [
  { path: "auth/token/lookup-self", capabilities: ["read"] },
  { path: "auth/token/renew-self", capabilities: ["update"] },
  { path: "auth/token/revoke-self", capabilities: ["update"] },
  { path: "sys/capabilities-self", capabilities: ["update"] },
];

/**
 * The least policy with which an application does what its manifest says, and nothing else. Vault takes
 * the narrowest rule alone; so a rule inside another grant's folder repeats what that one gives.
 *
 * @throws InvalidRefError, InvalidValueError; UnsupportedError for an operation that the engine does not
 * have, or a name that no rule can express
 * @example
 * printPolicy(vaultPolicyFor(await readAccessManifest("access.yaml"), { selfService: true }));
 */
export function vaultPolicyFor(
  manifest: AccessManifest,
  options: VaultPolicyOptions = {},
): PolicyDocument {
  const { selfService = false, ...given } = options;
  const place = checkPlace(given);
  const granted = joinRules(
    manifest.grants.flatMap((grant) => rulesOf(grant, manifest.grants, place)),
  );
  const rules = joinRules([...granted, ...folderLists(manifest.grants, granted, place)]);
  checkDecides(rules, listedFolders(manifest.grants, place));
  return { rules: [...rules, ...(selfService ? selfServiceRules : [])] };
}

/** Rules of one grant, with what the folders around it give at the same addresses. */
function rulesOf(
  grant: AccessGrant,
  grants: readonly AccessGrant[],
  place: CheckedPlace,
): PolicyRule[] {
  const text = literalPath(grant.path, place.kvVersion, grant.kind);
  const below = grant.kind === "secret" ? text : text === "" ? "*" : `${text}/*`;
  const own = kvRules(place, below, grant.operations);
  const paths = new Set(own.map(({ path }) => path));
  const inherited = kvRules(place, below, inheritedBy(grant, grants));
  return joinRules([...own, ...inherited.filter(({ path }) => paths.has(path))]);
}

function inheritedBy(
  { path }: AccessGrant,
  grants: readonly AccessGrant[],
): readonly AccessOperation[] {
  return grants
    .filter(
      (one) =>
        one.kind === "folder" &&
        one.path.length < path.length &&
        one.path.every((segment, index) => segment === path[index]),
    )
    .flatMap(({ operations }) => operations);
}

/**
 * Exact rules for folders whose list another rule would decide: Vault looks for a list's rule without
 * the slash at its end first, where the folder's own glob does not match.
 */
function folderLists(
  grants: readonly AccessGrant[],
  rules: readonly PolicyRule[],
  place: CheckedPlace,
): PolicyRule[] {
  const compiled = compilePolicies([{ name: "generated", policy: { rules } }]);
  return listedFolders(grants, place)
    .filter((path) => !compiled.capabilities(`${path}/`).includes("list"))
    .flatMap((path) => {
      const there = compiled.ruleFor(path, false)?.sources ?? [];
      return joinRules([
        { path, capabilities: ["list"] },
        ...there.map(({ rule }) => ({ ...rule, path })),
      ]);
    });
}

/** Addresses of folders that are listed, without a slash at the end. */
function listedFolders(grants: readonly AccessGrant[], place: CheckedPlace): string[] {
  return grants
    .filter(
      ({ kind, path, operations }) =>
        kind === "folder" && path.length > 0 && operations.includes("list"),
    )
    .map(({ path }) => kvAddress(place, "metadata", literalPath(path, place.kvVersion, "folder")));
}

/**
 * Checks that each rule decides for what it names. A segment that begins with `+` makes of a path one
 * with wildcards to Vault, though it stands for itself; then a wider rule can go before a narrower one.
 */
function checkDecides(rules: readonly PolicyRule[], lists: readonly string[]): void {
  for (const rule of rules) {
    const pattern = patternOf(rule.path);
    if (pattern.kind !== "segments") continue;
    const path = samplePath(pattern);
    for (const other of rules) {
      if (other === rule || !covers(patternOf(other.path), pattern)) continue;
      const both = compilePolicies([{ name: "both", policy: { rules: [rule, other] } }]);
      const deciding = both.ruleFor(path, false)?.sources ?? [];
      if (deciding.every((source) => source.rule !== rule)) throw notDeciding(rule.path);
    }
  }
  const all = compilePolicies([{ name: "generated", policy: { rules } }]);
  const unlisted = lists.find((path) => !all.capabilities(`${path}/`).includes("list"));
  if (unlisted !== undefined) throw notDeciding(unlisted);
}

function notDeciding(path: string): Error {
  return vaultError("Unsupported", "To Vault, a wider rule goes before the one for this path.", {
    reason: "not-expressible",
    field: path,
    advice: "Rename what begins with +, or give the folder around it no rights of its own.",
  });
}
