import type { JsonObject } from "../client/answer.js";
import { count, duration, given, invalid } from "../engine/fields.js";
import type { CreateTokenOptions, TokenRole } from "./types.js";

/** The request that makes a token. @throws InvalidValueError naming the setting */
export function creationBody(options: CreateTokenOptions): JsonObject {
  const { type = "service", periodSeconds, numUses, renewable } = options;
  if (type !== "service" && type !== "batch") {
    throw invalid("type", "invalid-token-type", "Write service or batch.");
  }
  if (type === "batch") {
    if (periodSeconds !== undefined) throw notForBatch("periodSeconds");
    if (numUses !== undefined) throw notForBatch("numUses");
    if (renewable === true) throw notForBatch("renewable");
  }
  return given({
    type,
    policies: options.policies,
    no_default_policy: options.defaultPolicy !== true,
    ttl: duration(options.ttlSeconds, "ttlSeconds", { min: 1 }),
    explicit_max_ttl: duration(options.explicitMaxTtlSeconds, "explicitMaxTtlSeconds"),
    period: duration(periodSeconds, "periodSeconds", { min: 1 }),
    num_uses: count(numUses, "numUses"),
    no_parent: options.orphan,
    renewable,
    display_name: options.displayName,
    meta: options.metadata,
    entity_alias: options.entityAlias,
  });
}

function notForBatch(field: string): Error {
  return invalid(
    field,
    "batch-token-option",
    "Leave it out for a batch token, or make a service token.",
  );
}

/** The request that writes a token role. @throws InvalidValueError naming the setting */
export function roleBody(role: TokenRole): JsonObject {
  if (role.type === "batch" && (role.periodSeconds ?? 0) > 0) throw notForBatch("periodSeconds");
  return given({
    allowed_policies: role.allowedPolicies,
    disallowed_policies: role.disallowedPolicies,
    allowed_policies_glob: role.allowedPoliciesGlob,
    disallowed_policies_glob: role.disallowedPoliciesGlob,
    orphan: role.orphan,
    // Vault makes batch tokens only by a role whose tokens are not renewable.
    renewable: role.renewable ?? (role.type === "batch" ? false : undefined),
    token_type: role.type,
    token_no_default_policy: role.defaultPolicy !== true,
    token_period: duration(role.periodSeconds, "periodSeconds"),
    token_explicit_max_ttl: duration(role.explicitMaxTtlSeconds, "explicitMaxTtlSeconds"),
    token_num_uses: count(role.numUses, "numUses"),
    token_bound_cidrs: role.boundCidrs,
    allowed_entity_aliases: role.allowedEntityAliases,
    path_suffix: role.pathSuffix,
  });
}
