import type { JsonObject } from "../client/answer.js";
import { count, duration, given, invalid, numberOf, textOf, textsOf } from "../engine/fields.js";
import type { TokenSettings } from "./types.js";

/** Rules for tokens in Vault's words. @throws InvalidValueError naming the setting */
export function tokenBody(settings: TokenSettings): JsonObject {
  const { type, policies, maxTtlSeconds, ttlSeconds } = settings;
  if (type !== undefined && !["service", "batch", "default"].includes(type)) {
    throw invalid("type", "invalid-token-type", "Write service, batch or default.");
  }
  if (type === "batch" && (settings.numUses ?? 0) > 0) {
    throw invalid("numUses", "batch-token-option", "Leave it out for batch tokens.");
  }
  if (type === "batch" && (settings.periodSeconds ?? 0) > 0) {
    throw invalid("periodSeconds", "batch-token-option", "Leave it out for batch tokens.");
  }
  if (maxTtlSeconds !== undefined && maxTtlSeconds > 0 && (ttlSeconds ?? 0) > maxTtlSeconds) {
    throw invalid("ttlSeconds", "ttl-beyond-maximum", "Set it to maxTtlSeconds or less.");
  }
  return given({
    token_policies: policies,
    token_no_default_policy: settings.defaultPolicy !== true,
    token_ttl: duration(ttlSeconds, "ttlSeconds"),
    token_max_ttl: duration(maxTtlSeconds, "maxTtlSeconds"),
    token_explicit_max_ttl: duration(settings.explicitMaxTtlSeconds, "explicitMaxTtlSeconds"),
    token_period: duration(settings.periodSeconds, "periodSeconds"),
    token_num_uses: count(settings.numUses, "numUses"),
    token_bound_cidrs: settings.boundCidrs,
    token_type: type,
  });
}

/** The same the other way. */
export function parseTokenSettings(data: JsonObject): Required<TokenSettings> {
  return {
    policies: textsOf(data, "token_policies"),
    defaultPolicy: data["token_no_default_policy"] !== true,
    ttlSeconds: numberOf(data, "token_ttl"),
    maxTtlSeconds: numberOf(data, "token_max_ttl"),
    explicitMaxTtlSeconds: numberOf(data, "token_explicit_max_ttl"),
    periodSeconds: numberOf(data, "token_period"),
    numUses: numberOf(data, "token_num_uses"),
    boundCidrs: textsOf(data, "token_bound_cidrs"),
    type: (textOf(data, "token_type") ?? "default") as TokenSettings["type"],
  };
}
