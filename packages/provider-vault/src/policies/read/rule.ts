import { didYouMean } from "@kinko/core/config";
import {
  capabilities as allCapabilities,
  isCapability,
  legacyCapabilities,
  type Capability,
  type ControlGroup,
  type ControlGroupFactor,
  type LegacyPolicy,
  type ParameterValues,
  type PolicyRule,
} from "../model.js";
import { entryOf, textsOf, type Decoded } from "./decoded.js";
import { durationSeconds } from "./durations.js";
import { parameterValues } from "./parameter-values.js";

type Fail = (attribute: string, what: string, advice?: string) => never;
type Body = Omit<PolicyRule, "path" | "position" | "comment" | "comments">;

/** A rule's attributes from the decoded block. Vault looks at nothing more where a rule denies. */
export function ruleOf(decoded: Decoded, fail: Fail): Body {
  const legacyPolicy = legacyPolicyOf(entryOf(decoded, "policy"), fail);
  const capabilities = capabilitiesOf(decoded, legacyPolicy, fail);
  const start: Body = {
    capabilities,
    ...(legacyPolicy === undefined ? {} : { legacyPolicy }),
  };
  if (legacyPolicy === "deny" || capabilities.includes("deny")) return start;
  const least = ttlOf(decoded, "min_wrapping_ttl", fail);
  const most = ttlOf(decoded, "max_wrapping_ttl", fail);
  const granted = [
    ...capabilities,
    ...(legacyPolicy === undefined ? [] : legacyCapabilities[legacyPolicy]),
  ];
  const controlGroup = controlGroupOf(entryOf(decoded, "control_group"), granted, fail);
  if (least !== 0 && most !== 0 && most < least)
    fail("max_wrapping_ttl", "max_wrapping_ttl is less than min_wrapping_ttl.");
  return {
    ...start,
    ...parametersOf("allowedParameters", entryOf(decoded, "allowed_parameters")),
    ...parametersOf("deniedParameters", entryOf(decoded, "denied_parameters")),
    ...listOf("requiredParameters", entryOf(decoded, "required_parameters")),
    ...(least === 0 ? {} : { minWrappingTtlSeconds: least }),
    ...(most === 0 ? {} : { maxWrappingTtlSeconds: most }),
    ...listOf("mfaMethods", entryOf(decoded, "mfa_methods")),
    ...(controlGroup === undefined ? {} : { controlGroup }),
    ...listOf("subscribeEventTypes", entryOf(decoded, "subscribe_event_types")),
  };
}

function legacyPolicyOf(decoded: Decoded | undefined, fail: Fail): LegacyPolicy | undefined {
  const name = decoded?.kind === "string" ? decoded.value : "";
  if (name === "") return undefined;
  if (name === "deny" || name === "read" || name === "write" || name === "sudo") return name;
  return fail("policy", "This is no legacy policy.", "They are deny, read, write and sudo.");
}

function capabilitiesOf(
  decoded: Decoded,
  legacyPolicy: LegacyPolicy | undefined,
  fail: Fail,
): Capability[] {
  const known: Capability[] = [];
  // A legacy deny replaces them, and Vault does not look at what follows a deny.
  let denied = legacyPolicy === "deny";
  for (const name of textsOf(entryOf(decoded, "capabilities"))) {
    if (isCapability(name)) {
      known.push(name);
      denied ||= name === "deny";
    } else if (!denied) {
      const suggestion = didYouMean(name, allCapabilities).trim();
      const advice = suggestion === "" ? `Known are ${allCapabilities.join(", ")}.` : suggestion;
      fail("capabilities", "Vault knows no such capability.", advice);
    }
  }
  return known;
}

function ttlOf(decoded: Decoded, name: string, fail: Fail): number {
  const value = entryOf(decoded, name);
  if (value === undefined) return 0;
  return (
    durationSeconds(value) ??
    fail(name, "This is no duration.", 'Write seconds, or such as "90s", "5m" or "24h".')
  );
}

function controlGroupOf(
  decoded: Decoded | undefined,
  granted: readonly Capability[],
  fail: Fail,
): ControlGroup | undefined {
  if (decoded === undefined) return undefined;
  const ttl = entryOf(decoded, "ttl");
  const ttlSeconds = ttl === undefined ? 0 : durationSeconds(ttl);
  if (ttlSeconds === undefined) return fail("control_group", "Its ttl is no duration.");
  const factors = entryOf(decoded, "factor");
  const all = factors?.kind === "map" ? [...factors.value] : [];
  if (all.length === 0) return fail("control_group", "A control group needs a factor.");
  return {
    ...(ttlSeconds === 0 ? {} : { ttlSeconds }),
    factors: all.map(([name, factor]) => factorOf(name, factor, granted, fail)),
  };
}

function factorOf(
  name: string,
  factor: Decoded,
  granted: readonly Capability[],
  fail: Fail,
): ControlGroupFactor {
  const identity = entryOf(factor, "identity");
  if (identity === undefined) return fail("control_group", "A factor needs an identity block.");
  const approvals = entryOf(identity, "approvals");
  const groupIds = textsOf(entryOf(identity, "group_ids"));
  const groupNames = textsOf(entryOf(identity, "group_names"));
  const count = approvals?.kind === "integer" ? Number(approvals.value) : 0;
  if (count <= 0 || groupIds.length + groupNames.length === 0)
    return fail("control_group", "A factor needs a group, and 1 approval or more.");
  const controlled = textsOf(entryOf(factor, "controlled_capabilities"));
  const known = controlled.filter(isCapability).filter((one) => granted.includes(one));
  if (known.length < controlled.length)
    return fail("control_group", "A factor controls only what the rule grants.");
  return { name, groupIds, groupNames, approvals: count, controlledCapabilities: known };
}

function parametersOf(
  name: "allowedParameters" | "deniedParameters",
  decoded: Decoded | undefined,
): { readonly [key in typeof name]?: ParameterValues } {
  return decoded === undefined ? {} : { [name]: parameterValues(decoded) };
}

function listOf(
  name: "requiredParameters" | "mfaMethods" | "subscribeEventTypes",
  decoded: Decoded | undefined,
): { readonly [key in typeof name]?: readonly string[] } {
  const texts = textsOf(decoded);
  return texts.length === 0 ? {} : { [name]: texts };
}
