import { vaultError } from "../../errors/vault-error.js";
import {
  grantedCapabilities,
  type Capability,
  type ParameterValues,
  type PolicyDocument,
  type PolicyRule,
} from "../model.js";
import { allowedByBoth, deniedByEither } from "./narrow-parameters.js";

/** Limits on the requests that rules allow. */
export interface PolicyConstraints {
  /** For rules that write: the only parameters that a request may have. */
  readonly allowedParameters?: ParameterValues | undefined;
  /** For rules that write: parameters that a request may not have. */
  readonly deniedParameters?: ParameterValues | undefined;
  /** For rules that write: parameters that a request must have, such as KV's `options` for check-and-set. */
  readonly requiredParameters?: readonly string[] | undefined;
  /** For rules that read: the answer must be wrapped, for between these times. */
  readonly wrapping?:
    | { readonly minSeconds?: number | undefined; readonly maxSeconds?: number | undefined }
    | undefined;
}

const writing: readonly Capability[] = ["create", "update", "patch"];

/**
 * A policy whose rules allow less; parameters that a rule has already bind besides. Vault checks the parameters of a body's first level, which in KV
 * version 2 are `data` and `options`; a wrapping limit holds for all that its rule allows, so put it on
 * rules of their own.
 *
 * @throws InvalidValueError for times that are none, for limits that no rule can have, or that leave a rule
 * no parameter, such as one for tags, which is held to `custom_metadata` alone
 * @example
 * constrainPolicy(applicationPolicy({ application: "app" }), { wrapping: { maxSeconds: 300 } });
 */
export function constrainPolicy(
  policy: PolicyDocument,
  constraints: PolicyConstraints,
): PolicyDocument {
  const { wrapping } = constraints;
  const { minSeconds, maxSeconds } = wrapping ?? {};
  checkSeconds(minSeconds, "minSeconds");
  checkSeconds(maxSeconds, "maxSeconds");
  if (minSeconds !== undefined && maxSeconds !== undefined && minSeconds > maxSeconds)
    throw invalidConstraint("wrapping", "Swap the least and the greatest time.");
  const parameters = parametersOf(constraints);
  const limits = {
    ...(minSeconds === undefined ? {} : { minWrappingTtlSeconds: minSeconds }),
    ...(maxSeconds === undefined ? {} : { maxWrappingTtlSeconds: maxSeconds }),
  };
  const grants = (rule: PolicyRule, some: readonly Capability[]): boolean =>
    grantedCapabilities(rule).some((capability) => some.includes(capability));
  const needsWriting = Object.keys(parameters).length > 0;
  const needsReading = Object.keys(limits).length > 0;
  if (
    (needsWriting && !policy.rules.some((rule) => grants(rule, writing))) ||
    (needsReading && !policy.rules.some((rule) => grants(rule, ["read"]))) ||
    (!needsWriting && !needsReading)
  )
    throw invalidConstraint(
      "constraints",
      "Give parameters for rules that write, or wrapping for rules that read.",
    );
  return {
    ...policy,
    rules: policy.rules.map((rule) => ({
      ...rule,
      ...(grants(rule, writing) ? narrowed(rule, parameters) : {}),
      ...(grants(rule, ["read"]) ? limits : {}),
    })),
  };
}

function parametersOf(constraints: PolicyConstraints): Partial<PolicyRule> {
  const { allowedParameters, deniedParameters, requiredParameters } = constraints;
  return {
    ...(allowedParameters === undefined ? {} : { allowedParameters }),
    ...(deniedParameters === undefined ? {} : { deniedParameters }),
    ...(requiredParameters === undefined ? {} : { requiredParameters }),
  };
}

/** The parameters of a rule, and of constraints besides. */
function narrowed(rule: PolicyRule, given: Partial<PolicyRule>): Partial<PolicyRule> {
  const { allowedParameters: allowed, deniedParameters: denied, requiredParameters } = given;
  return {
    ...given,
    ...(allowed === undefined || rule.allowedParameters === undefined
      ? {}
      : { allowedParameters: allowedByBoth(rule.allowedParameters, allowed) ?? throwNoneLeft() }),
    ...(denied === undefined || rule.deniedParameters === undefined
      ? {}
      : { deniedParameters: deniedByEither(rule.deniedParameters, denied) }),
    ...(requiredParameters === undefined || rule.requiredParameters === undefined
      ? {}
      : { requiredParameters: [...new Set([...rule.requiredParameters, ...requiredParameters])] }),
  };
}

function throwNoneLeft(): never {
  throw invalidConstraint(
    "allowedParameters",
    "A rule allows other parameters only; allow some of these, or leave the rule out.",
  );
}

function checkSeconds(seconds: number | undefined, field: string): void {
  if (seconds !== undefined && !(Number.isSafeInteger(seconds) && seconds >= 1))
    throw invalidConstraint(field, "Give whole seconds, 1 or more.");
}

function invalidConstraint(field: string, advice: string): Error {
  return vaultError("InvalidValue", "These limits cannot be put on the policy.", {
    reason: "invalid-constraint",
    field,
    advice,
  });
}
