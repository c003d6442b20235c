import { accessOperations } from "@kinko/core/access";
import { vaultError } from "../../errors/vault-error.js";
import type { CreateTokenOptions } from "../../tokens/types.js";
import { capabilities as known, type Capability, type PolicyRule } from "../model.js";
import { checkPlace, joinRules, kvRules, type KvPlace } from "./kv-rules.js";
import { layerOf, type PolicyLayer } from "./layer.js";
import { checkName, checkNames } from "./names.js";

/** A path that only the override opens, such as `sys/policies/acl` with all below it. */
export interface OverridePath {
  /** Plain names joined by slashes; `/*` at the end means all below. */
  readonly path: string;
  readonly capabilities: readonly Capability[];
}

/** Parameters of {@link adminOverrideLayer}. */
export interface AdminOverrideLayerOptions extends KvPlace {
  /** All secrets of this environment are opened. */
  readonly environment: string;
  /** What else is opened. It MUST be narrower than what is denied, or the denial stands. */
  readonly paths?: readonly OverridePath[] | undefined;
  /** Names of MFA methods that each request must pass. Only Enterprise asks for them: see `loginMfa`. */
  readonly mfaMethods: readonly string[];
  /** Longest life of its tokens, 1 to 14,400. Default 900. */
  readonly ttlSeconds?: number | undefined;
  /** Default: the environment and `-admin-override`. */
  readonly name?: string | undefined;
}

/** Who overrides and why; audit logs show it with each request. Not secret. */
export interface OverrideReason {
  readonly operator: string;
  /** Such as the incident's number. */
  readonly ticket: string;
}

/** A request that an administrator sends once. */
export interface LoginEnforcement {
  readonly path: string;
  readonly body: { readonly mfa_method_ids: string[]; readonly identity_group_ids: string[] };
}

/** Level 4, with what an ACL policy alone cannot say. */
export interface AdminOverrideLayer extends PolicyLayer {
  /**
   * How a token of it is made: a short life that no renewal moves, and operator and ticket in each
   * line of the audit log. For `store.as("tokens").create(…)`.
   */
  readonly token: (reason: OverrideReason) => CreateTokenOptions;
  /**
   * MFA for open source too: members of these groups log in with it. Give the override's policy to
   * such a group alone, by its id, and it has passed MFA whoever holds it.
   */
  readonly loginMfa: (
    methodIds: readonly string[],
    groupIds: readonly string[],
  ) => LoginEnforcement;
}

/** Beyond a working day it would be a standing right. */
const longestTtlSeconds = 4 * 3600;

/**
 * Level 4, for an administrator in an emergency: all of an environment and named paths that level 1
 * denies; behind MFA, for a short time, and told apart in the audit log.
 *
 * @throws InvalidValueError for a name that is not plain, no MFA method, or too long a life
 */
export function adminOverrideLayer(options: AdminOverrideLayerOptions): AdminOverrideLayer {
  const { environment, paths = [], mfaMethods, ttlSeconds = 900, name, ...given } = options;
  const place = checkPlace(given);
  const own = checkName(environment, "environment");
  if (mfaMethods.length === 0)
    throw invalid("mfaMethods", "no-mfa-method", "Name a method that the override asks for.");
  const methods = mfaMethods.map((method) => checkName(method, "mfaMethods"));
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > longestTtlSeconds)
    throw invalid("ttlSeconds", "invalid-ttl", `Give 1 to ${longestTtlSeconds} whole seconds.`);
  const operations =
    place.kvVersion === 2 ? accessOperations : (["get", "put", "patch", "list", "purge"] as const);
  const rules = joinRules([...kvRules(place, `${own}/*`, operations), ...paths.map(pathRule)]);
  const layer = layerOf(
    "admin-override",
    name ?? `${own}-admin-override`,
    // Without what tags are held to elsewhere: in an emergency, a secret's limits may have to change too.
    rules.map(({ path, capabilities }): PolicyRule => ({
      path,
      capabilities,
      mfaMethods: methods,
    })),
  );
  return {
    ...layer,
    token: (reason) => tokenOf(layer.name, ttlSeconds, reason),
    loginMfa: (methodIds, groupIds) => enforcementOf(layer.name, methodIds, groupIds),
  };
}

function pathRule({ path, capabilities }: OverridePath): PolicyRule {
  const isFolder = path.endsWith("/*");
  checkNames(isFolder ? path.slice(0, -2) : path, "paths");
  if (
    capabilities.length === 0 ||
    !capabilities.every((one) => one !== "deny" && known.includes(one))
  )
    throw invalid("paths", "unknown-capability", "Name capabilities of Vault other than deny.");
  return { path, capabilities };
}

function tokenOf(policy: string, ttlSeconds: number, reason: OverrideReason): CreateTokenOptions {
  return {
    type: "service",
    policies: [policy],
    ttlSeconds,
    explicitMaxTtlSeconds: ttlSeconds,
    renewable: false,
    displayName: `override-${checkName(reason.operator, "operator")}`,
    metadata: {
      kinko_override: policy,
      operator: reason.operator,
      ticket: checkName(reason.ticket, "ticket"),
    },
  };
}

function enforcementOf(
  policy: string,
  methodIds: readonly string[],
  groupIds: readonly string[],
): LoginEnforcement {
  if (methodIds.length === 0 || groupIds.length === 0)
    throw invalid("groupIds", "no-mfa-group", "Name MFA methods and groups by their ids.");
  return {
    path: `identity/mfa/login-enforcement/${policy}`,
    body: { mfa_method_ids: [...methodIds], identity_group_ids: [...groupIds] },
  };
}

function invalid(field: string, reason: string, advice: string): Error {
  return vaultError("InvalidValue", "An override cannot be made of this.", {
    reason,
    field,
    advice,
  });
}
