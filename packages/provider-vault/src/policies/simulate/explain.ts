import { grantedCapabilities, type Capability, type PolicyRule } from "../model.js";
import { quote } from "../write/quote.js";
import { printPolicy } from "../write/print-policy.js";
import { can, type PolicyQuestion } from "./can.js";
import type { Decision, DecisionReason } from "./decide.js";
import type { RuleSource } from "./merge.js";

/** What was decided, why, and what would change it. */
export interface Explanation {
  readonly decision: Decision;
  /** Sentences for people: which rule decided, what is missing, what to add. */
  readonly text: string;
  /** The smallest rule that would allow it, where adding one helps. */
  readonly suggestion?: PolicyRule;
}

const because: Readonly<Record<DecisionReason, string>> = {
  allowed: "The policies allow it.",
  root: "The root policy allows everything.",
  help: "Help is always allowed.",
  "invalid-policies":
    "Vault can make no rules of these policies: root stands beside others, or a template's value puts +* into a path.",
  "no-rule": "No rule is for this path, and what no rule allows is denied.",
  denied: "A rule for this path denies it, and deny takes all that others of the same path grant.",
  "capability-missing": "The rule that decides does not grant what this needs.",
  "wrapping-required": "The rule wants the answer wrapped, and the request does not ask for that.",
  "wrap-ttl-too-long": "The rule allows wrapping for a shorter time only.",
  "wrap-ttl-too-short": "The rule allows wrapping for a longer time only.",
  "wrap-ttl-contradiction":
    "The policies together ask for a least wrapping TTL above the greatest one, which nothing meets.",
  "parameter-required": "The rule wants a parameter that the request does not have.",
  "parameter-denied": "The rule denies a parameter of the request, or its value.",
  "parameter-not-allowed": "The rule does not allow a parameter of the request, or its value.",
  "sudo-missing": "The path is root-protected: it needs sudo beside the capability.",
};

/**
 * Explains a decision, above all a 403. It names rules, paths and parameters, never a parameter's value.
 *
 * @example
 * console.log(explain({ policies, operation: "update", path: "secret/data/app" }).text);
 */
export function explain(question: PolicyQuestion): Explanation {
  const decision = can(question);
  const suggestion = decision.allowed ? undefined : suggest(question, decision);
  const lines = [
    `${question.operation} ${question.path}: ${decision.allowed ? "allowed" : "denied"}. ${because[decision.reason]}`,
    ...decision.rules.map(describe),
    ...(decision.missing === undefined ? [] : [`Missing: ${decision.missing}.`]),
    ...(decision.parameter === undefined ? [] : [`Parameter: ${quote(decision.parameter)}.`]),
    ...(suggestion === undefined
      ? []
      : [`This rule would allow it:\n${printPolicy({ rules: [suggestion] })}`.trimEnd()]),
  ];
  return { decision, text: lines.join("\n"), ...(suggestion === undefined ? {} : { suggestion }) };
}

function describe({ policy, rule, path }: RuleSource): string {
  const at = rule.position === undefined ? "" : ` at line ${rule.position.line}`;
  const filled = path === rule.path ? "" : `, here ${quote(path)}`;
  const granted = grantedCapabilities(rule).join(", ") || "nothing";
  return `Rule: path ${quote(rule.path)}${filled} of policy ${quote(policy)}${at} (${granted}).`;
}

/** A rule for just this path. It replaces the one that decides, so it keeps what that one grants. */
function suggest(question: PolicyQuestion, decision: Decision): PolicyRule | undefined {
  if (decision.missing === undefined || decision.reason === "denied") return undefined;
  const path = question.path.replace(/^\/+/u, "");
  if (/\{\{|\}\}|\+\*|\*$/u.test(path) || isSegmentPattern(path)) return undefined;
  const kept = new Set<Capability>(decision.rules.flatMap(({ rule }) => grantedCapabilities(rule)));
  kept.add(decision.missing);
  const rule: PolicyRule = { path, capabilities: [...kept].toSorted() };
  const added = { name: "suggestion", policy: { rules: [rule] } };
  const after = can({ ...question, policies: [...question.policies, added] });
  if (after.reason !== "sudo-missing") return after.allowed ? rule : undefined;
  return { ...rule, capabilities: [...kept, "sudo" as const].toSorted() };
}

function isSegmentPattern(path: string): boolean {
  return path === "+" || path.startsWith("+/") || path.includes("/+");
}
