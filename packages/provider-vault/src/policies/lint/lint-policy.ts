import type { PolicyDocument } from "../model.js";
import { tryParsePolicy } from "../read/parse-policy.js";
import type { LintFinding, LintOptions, LintSeverity } from "./finding.js";
import { checkDuplicates, checkLists, checkMeetings } from "./policy-checks.js";
import { checkRuleAlone } from "./rule-checks.js";

const order: Readonly<Record<LintSeverity, number>> = { error: 0, warning: 1, info: 2 };

/**
 * What is wrong, or could be better, in a policy; errors first. A text that Vault would refuse gives
 * one finding, `syntax`.
 *
 * @example
 * lintPolicy(text, { kv2Mounts: ["secret"] }).filter(({ severity }) => severity === "error");
 */
export function lintPolicy(
  policy: PolicyDocument | string,
  { kv2Mounts = [] }: LintOptions = {},
): readonly LintFinding[] {
  const parsed = typeof policy === "string" ? tryParsePolicy(policy) : { policy };
  if ("error" in parsed) {
    const { message, advice = "", line, column } = parsed.error;
    const what = message.endsWith(` ${advice}`) ? message.slice(0, -advice.length - 1) : message;
    return [
      { code: "syntax", severity: "error", message: what, advice, position: { line, column } },
    ];
  }
  const document = parsed.policy;
  return [
    ...document.rules.flatMap((rule) => checkRuleAlone(rule, kv2Mounts)),
    ...checkDuplicates(document),
    ...checkMeetings(document),
    ...checkLists(document, kv2Mounts),
  ].toSorted((left, right) => order[left.severity] - order[right.severity]);
}
