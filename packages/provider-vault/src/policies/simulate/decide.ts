import { grantedCapabilities, type Capability } from "../model.js";
import { capabilityBit } from "./bits.js";
import type { CompiledPolicies } from "./compile.js";
import type { MergedRule, RuleSource } from "./merge.js";
import { checksParameters, neededCapability, type PolicyOperation } from "./operations.js";
import { parameterProblem, type RequestParameters } from "./parameters.js";
import { isRootPath } from "./root-paths.js";

export interface PolicyRequest {
  readonly operation: PolicyOperation;
  /** Below `/v1/`. A list's path may have its slash at the end or not. */
  readonly path: string;
  /** The body's fields, or the query's. */
  readonly parameters?: RequestParameters | undefined;
  /** For how long the answer is to be wrapped. Absent: it is not. */
  readonly wrapTtlSeconds?: number | undefined;
}

/** Why a request is allowed or not. */
export type DecisionReason = (typeof decisionReasons)[number];

/** All reasons. */
export const decisionReasons = [
  "allowed",
  "root",
  "help",
  "invalid-policies",
  "no-rule",
  "denied",
  "capability-missing",
  "wrapping-required",
  "wrap-ttl-too-long",
  "wrap-ttl-too-short",
  "wrap-ttl-contradiction",
  "parameter-required",
  "parameter-denied",
  "parameter-not-allowed",
  "sudo-missing",
] as const;

export interface Decision {
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  /** The rules that decided: of all policies, those of the one path that Vault looked at. */
  readonly rules: readonly RuleSource[];
  /** What the rules lack. */
  readonly missing?: Capability;
  /** The parameter that the rules refuse or want. */
  readonly parameter?: string;
}

/** Decides in Vault's order: the one rule of the path, its capability, wrapping, parameters, `sudo`. */
export function decide(policies: CompiledPolicies, request: PolicyRequest): Decision {
  const { operation } = request;
  if (policies.state === "invalid")
    return { allowed: false, reason: "invalid-policies", rules: [] };
  if (policies.state === "root") return { allowed: true, reason: "root", rules: [] };
  if (operation === "help") return { allowed: true, reason: "help", rules: [] };
  const path = requestPath(request);
  const rule = policies.ruleFor(path, operation === "list");
  const missing = neededCapability[operation];
  if (rule === undefined) return { allowed: false, reason: "no-rule", rules: [], missing };
  const refusal =
    capabilityProblem(rule, missing) ??
    wrappingProblem(rule, request.wrapTtlSeconds) ??
    (checksParameters.has(operation)
      ? parameterProblem(rule, request.parameters ?? {})
      : undefined) ??
    sudoProblem(rule, path, policies.rootPaths);
  const rules = rule.sources;
  return refusal === undefined
    ? { allowed: true, reason: "allowed", rules: grantingRules(rule, missing) }
    : { allowed: false, rules, ...refusal };
}

/** As Vault's HTTP server has it: no slash before, and one behind a list's. */
function requestPath({ operation, path }: PolicyRequest): string {
  const bare = path.replace(/^\/+/u, "");
  return operation === "list" && !bare.endsWith("/") ? `${bare}/` : bare;
}

type Refusal = Pick<Decision, "reason" | "missing" | "parameter">;

function capabilityProblem({ bits }: MergedRule, missing: Capability): Refusal | undefined {
  if ((bits & capabilityBit.deny) !== 0) return { reason: "denied", missing };
  return (bits & capabilityBit[missing]) === 0
    ? { reason: "capability-missing", missing }
    : undefined;
}

function wrappingProblem(rule: MergedRule, ttlSeconds: number | undefined): Refusal | undefined {
  const { minWrappingTtlSeconds: least, maxWrappingTtlSeconds: most } = rule;
  if (least <= 0 && most <= 0) return undefined;
  if (ttlSeconds === undefined) return { reason: "wrapping-required" };
  if (most > 0 && ttlSeconds > most) return { reason: "wrap-ttl-too-long" };
  if (least > 0 && ttlSeconds < least) return { reason: "wrap-ttl-too-short" };
  return most > 0 && least > most ? { reason: "wrap-ttl-contradiction" } : undefined;
}

function sudoProblem(
  { bits }: MergedRule,
  path: string,
  rootPaths: readonly string[] | undefined,
): Refusal | undefined {
  if ((bits & capabilityBit.sudo) !== 0 || !isRootPath(path, rootPaths)) return undefined;
  return { reason: "sudo-missing", missing: "sudo" };
}

function grantingRules({ sources }: MergedRule, capability: Capability): readonly RuleSource[] {
  return sources.filter(({ rule }) => grantedCapabilities(rule).includes(capability));
}
