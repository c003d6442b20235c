import { invalidPolicy } from "../errors.js";
import { isCapability, type ControlGroup, type PolicyRule } from "../model.js";
import { pathProblem, pathProblems } from "../paths.js";

/**
 * Checks that Vault takes a rule, before anything is made of it.
 * @throws InvalidValueError naming the rule's path
 */
export function checkRule(rule: PolicyRule): void {
  const { path, minWrappingTtlSeconds: least = 0, maxWrappingTtlSeconds: most = 0 } = rule;
  const problem = pathProblem(path);
  if (problem !== undefined) {
    const [what, advice] = pathProblems[problem];
    throw invalidPolicy(what, problem, advice, path);
  }
  if (!rule.capabilities.every(isCapability))
    throw invalidPolicy(
      "A rule has a capability that Vault does not know.",
      "unknown-capability",
      "Use create, read, update, delete, list, patch, sudo, deny, subscribe or recover.",
      path,
    );
  for (const seconds of [least, most]) {
    if (!Number.isFinite(seconds) || Math.abs(seconds) > 9e9)
      throw invalidPolicy(
        "A wrapping TTL is no number of seconds.",
        "invalid-ttl",
        "Give seconds, at most 9,000,000,000.",
        path,
      );
  }
  if (least !== 0 && most !== 0 && most < least)
    throw invalidPolicy(
      "The greatest wrapping TTL is less than the least.",
      "invalid-ttl",
      "Swap them, or drop one.",
      path,
    );
  if (rule.controlGroup !== undefined) checkControlGroup(rule.controlGroup, path);
}

function checkControlGroup({ factors }: ControlGroup, path: string): void {
  const names = new Set(factors.map(({ name }) => name));
  const good = factors.every(
    ({ approvals, groupIds, groupNames }) =>
      Number.isSafeInteger(approvals) && approvals > 0 && groupIds.length + groupNames.length > 0,
  );
  if (!good || names.size === 0 || names.size < factors.length)
    throw invalidPolicy(
      "A control group has no factor, or one without a group or approvals.",
      "invalid-control-group",
      "Give each factor a name of its own, a group and 1 approval or more.",
      path,
    );
}
