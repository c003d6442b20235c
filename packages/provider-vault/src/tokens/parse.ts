import { Secret } from "@kinko/core";
import { isObject, type JsonObject, type VaultAnswer } from "../client/answer.js";
import {
  dateOf,
  malformedAnswer,
  mapOf,
  neededText,
  numberOf,
  textOf,
  textsOf,
} from "../engine/fields.js";
import type { CreatedToken, TokenInfo, TokenRenewal, TokenRole } from "./types.js";

function authOf(answer: Pick<VaultAnswer, "body">): JsonObject {
  const auth = answer.body["auth"];
  if (isObject(auth)) return auth;
  throw malformedAnswer();
}

export function parseCreated(answer: Pick<VaultAnswer, "body">): CreatedToken {
  const auth = authOf(answer);
  return {
    token: Secret.text(neededText(auth, "client_token")),
    accessor: textOf(auth, "accessor"),
    type: textOf(auth, "token_type") ?? "service",
    policies: textsOf(auth, "policies"),
    ttlSeconds: numberOf(auth, "lease_duration"),
    renewable: auth["renewable"] === true,
    orphan: auth["orphan"] === true,
    entityId: textOf(auth, "entity_id"),
  };
}

export function parseRenewal(answer: Pick<VaultAnswer, "body">): TokenRenewal {
  const auth = authOf(answer);
  return {
    ttlSeconds: numberOf(auth, "lease_duration"),
    renewable: auth["renewable"] === true,
    policies: textsOf(auth, "policies"),
  };
}

/** Leaves out `id`, which is the token itself. */
export function parseInfo(data: JsonObject): TokenInfo {
  return {
    accessor: textOf(data, "accessor"),
    type: textOf(data, "type") ?? "service",
    displayName: textOf(data, "display_name") ?? "",
    policies: textsOf(data, "policies"),
    identityPolicies: textsOf(data, "identity_policies"),
    path: textOf(data, "path"),
    entityId: textOf(data, "entity_id"),
    role: textOf(data, "role"),
    metadata: mapOf(data, "meta"),
    ttlSeconds: numberOf(data, "ttl"),
    creationTtlSeconds: numberOf(data, "creation_ttl"),
    explicitMaxTtlSeconds: numberOf(data, "explicit_max_ttl"),
    periodSeconds: numberOf(data, "period"),
    usesLeft: numberOf(data, "num_uses"),
    renewable: data["renewable"] === true,
    orphan: data["orphan"] === true,
    createdAt: dateOf(data["creation_time"]),
    expiresAt: dateOf(data["expire_time"]),
  };
}

export function parseRole(data: JsonObject): Required<TokenRole> {
  return {
    allowedPolicies: textsOf(data, "allowed_policies"),
    disallowedPolicies: textsOf(data, "disallowed_policies"),
    allowedPoliciesGlob: textsOf(data, "allowed_policies_glob"),
    disallowedPoliciesGlob: textsOf(data, "disallowed_policies_glob"),
    orphan: data["orphan"] === true,
    renewable: data["renewable"] === true,
    type: (textOf(data, "token_type") ?? "default-service") as TokenRole["type"],
    defaultPolicy: data["token_no_default_policy"] !== true,
    periodSeconds: numberOf(data, "token_period"),
    explicitMaxTtlSeconds: numberOf(data, "token_explicit_max_ttl"),
    numUses: numberOf(data, "token_num_uses"),
    boundCidrs: textsOf(data, "token_bound_cidrs"),
    allowedEntityAliases: textsOf(data, "allowed_entity_aliases"),
    pathSuffix: textOf(data, "path_suffix"),
  };
}
