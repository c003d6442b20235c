import type { AccessGrant, AccessManifest, AccessOperation } from "@kinko/core/access";
import type { PolicyDocument, PolicyRule } from "../model.js";
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
  const rules = joinRules(
    manifest.grants.flatMap((grant) => rulesOf(grant, manifest.grants, place)),
  );
  return {
    rules: [
      ...joinRules([...rules, ...folderLists(manifest.grants, rules, place)]),
      ...(selfService ? selfServiceRules : []),
    ],
  };
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
  const inherited = kvRules(place, below, inheritedBy(grant, grants));
  return own.map((rule) => {
    const same = inherited.find(({ path }) => path === rule.path);
    return same === undefined
      ? rule
      : { ...rule, capabilities: [...rule.capabilities, ...same.capabilities] };
  });
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
  return grants
    .filter(
      ({ kind, path, operations }) =>
        kind === "folder" && path.length > 0 && operations.includes("list"),
    )
    .map(({ path }) => kvAddress(place, "metadata", literalPath(path, place.kvVersion, "folder")))
    .filter((path) => !compiled.capabilities(`${path}/`).includes("list"))
    .map((path) => ({
      path,
      capabilities: [
        "list",
        ...(compiled.ruleFor(path, false)?.sources ?? []).flatMap(({ rule }) => rule.capabilities),
      ],
    }));
}
