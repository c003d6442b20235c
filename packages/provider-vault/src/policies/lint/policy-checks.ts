import { grantedCapabilities, type PolicyDocument, type PolicyRule } from "../model.js";
import { covers, samePath, samplePath } from "../covers.js";
import { isTemplated, patternOf } from "../paths.js";
import { compilePolicies } from "../simulate/compile.js";
import type { LintFinding } from "./finding.js";
import { kv2Place } from "./kv2.js";
import { findingOf } from "./rule-checks.js";

/** Rules of one path: Vault reads them as one. */
export function checkDuplicates({ rules }: PolicyDocument): LintFinding[] {
  const seen = new Map<string, PolicyRule>();
  return rules.flatMap((rule) => {
    const { kind, text } = patternOf(rule.path);
    const key = `${kind} ${text}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, rule);
      return [];
    }
    const line = first.position === undefined ? "" : ` on line ${first.position.line}`;
    const denies = grantedCapabilities(rule).includes("deny");
    const denied = grantedCapabilities(first).includes("deny");
    const contradiction = denies !== denied;
    return [
      findingOf(rule, {
        code: "duplicate-path",
        severity: contradiction ? "error" : "warning",
        message: contradiction
          ? `Another rule for this path${line} contradicts this one: deny takes all that the other grants.`
          : `There is another rule for this path${line}: both are read as one.`,
        advice: "Make one rule of them.",
      }),
    ];
  });
}

/** Rules that go before others of the same policy, and denies that nothing needs. */
export function checkMeetings(policy: PolicyDocument): LintFinding[] {
  const rules = policy.rules.filter(({ path }) => !isTemplated(path));
  return rules.flatMap((rule) => {
    const others = rules.filter((other) => other !== rule);
    return [...checkShadow(rule, others), ...checkUselessDeny(rule, others)];
  });
}

/** A narrower rule takes the wider one's place: what only the wider one grants is gone there. */
function checkShadow(rule: PolicyRule, others: readonly PolicyRule[]): LintFinding[] {
  const granted = grantedCapabilities(rule);
  if (granted.length === 0 || granted.includes("deny")) return [];
  const pattern = patternOf(rule.path);
  return others.flatMap((other) => {
    const wide = patternOf(other.path);
    if (samePath(other.path, rule.path) || !covers(wide, pattern)) return [];
    const lost = grantedCapabilities(other).filter(
      (one) => one !== "deny" && !granted.includes(one),
    );
    if (lost.length === 0) return [];
    return [
      findingOf(rule, {
        code: "shadowed-rule",
        severity: "warning",
        message: `Rules do not add up: here "${other.path}" no longer grants ${lost.join(", ")}.`,
        advice: "Name these capabilities here too, if they are meant.",
      }),
    ];
  });
}

/** A deny where without it nothing would be allowed either. */
function checkUselessDeny(rule: PolicyRule, others: readonly PolicyRule[]): LintFinding[] {
  if (!grantedCapabilities(rule).includes("deny")) return [];
  const path = samplePath(patternOf(rule.path));
  const without = compilePolicies([{ name: "others", policy: { rules: others } }]);
  if (without.capabilities(path)[0] !== "deny") return [];
  return [
    findingOf(rule, {
      code: "useless-deny",
      severity: "info",
      message: "No other rule of this policy allows what this one denies.",
      advice: "Keep it only against other policies of the same token.",
    }),
  ];
}

/** Values that may be read and not be found: nobody can list them. */
export function checkLists(policy: PolicyDocument, mounts: readonly string[]): LintFinding[] {
  const compiled = compilePolicies([{ name: "policy", policy }]);
  return policy.rules.flatMap((rule) => {
    const place = kv2Place(rule.path, mounts);
    const pattern = patternOf(rule.path);
    if (place?.section !== "data" || pattern.kind === "exact" || isTemplated(rule.path)) return [];
    if (!grantedCapabilities(rule).includes("read")) return [];
    const folder = place.rest.replace(/[^/]*\*$/u, "").replaceAll("+", "~");
    if (compiled.capabilities(`${place.mount}/metadata/${folder}`).includes("list")) return [];
    const star = place.rest.replace(/[^/]*\*$/u, "*");
    return [
      findingOf(rule, {
        code: "list-missing",
        severity: "info",
        message: "Values here may be read, and their names not listed.",
        advice: `If names are to be listed, grant list on ${place.mount}/metadata/${star}.`,
      }),
    ];
  });
}
