import { suggest } from "@kinko/core/config";
import { grantedCapabilities, type Capability, type PolicyRule } from "../model.js";
import { isTemplated, patternOf, templateParts } from "../paths.js";
import { isRootPath, rootPaths } from "../simulate/root-paths.js";
import type { LintFinding } from "./finding.js";
import { checkKv2 } from "./kv2.js";

/** Checks that look at one rule. */
export function checkRuleAlone(rule: PolicyRule, kv2Mounts: readonly string[]): LintFinding[] {
  const granted = grantedCapabilities(rule);
  return [
    ...checkLegacy(rule),
    ...checkTemplates(rule),
    ...checkReach(rule),
    ...checkGranted(rule, granted),
    ...(granted.includes("deny")
      ? []
      : [...checkGlob(rule, granted), ...checkRootPath(rule, granted), ...checkNumbers(rule)]),
    ...checkKv2(rule, granted, kv2Mounts),
  ];
}

/** A finding about a rule. */
export function findingOf(
  rule: PolicyRule,
  finding: Omit<LintFinding, "path" | "position">,
): LintFinding {
  const { path, position } = rule;
  return { ...finding, path, ...(position === undefined ? {} : { position }) };
}

function checkLegacy(rule: PolicyRule): LintFinding[] {
  if (rule.legacyPolicy === undefined) return [];
  return [
    findingOf(rule, {
      code: "legacy-policy",
      severity: "warning",
      message: `policy = "${rule.legacyPolicy}" is the form of before Vault 0.5, and grants more than it says.`,
      advice: `Write capabilities = [${grantedCapabilities(rule)
        .map((name) => `"${name}"`)
        .join(", ")}], or fewer.`,
    }),
  ];
}

/** Paths that no request has, and wildcards that are none. */
function checkReach(rule: PolicyRule): LintFinding[] {
  const { path } = rule;
  const bare = path.startsWith("/") ? path.slice(1) : path;
  const advice = /\*./u.test(bare)
    ? "A star stands for anything at the end alone; write + for a whole segment."
    : /(?:^|\/)\+[^/]/u.test(bare)
      ? "A + stands for a segment only when it is the whole segment."
      : bare === "" || bare.startsWith("/") || bare.startsWith("v1/")
        ? "Write the path as it is behind /v1/, such as secret/data/app."
        : undefined;
  if (advice === undefined) return [];
  return [
    findingOf(rule, {
      code: "unreachable-rule",
      severity: "error",
      message: "Hardly a request has a path that this rule is for.",
      advice,
    }),
  ];
}

function checkGranted(rule: PolicyRule, granted: readonly Capability[]): LintFinding[] {
  if (granted.length === 0) {
    return [
      findingOf(rule, {
        code: "nothing-granted",
        severity: "warning",
        message: "This rule grants nothing, and takes what a wider rule would grant.",
        advice: 'Say so with capabilities = ["deny"], or remove the rule.',
      }),
    ];
  }
  if (!rule.capabilities.includes("deny") || rule.capabilities.length === 1) return [];
  return [
    findingOf(rule, {
      code: "deny-with-others",
      severity: "error",
      message: "Beside deny, this rule names capabilities that it does not grant.",
      advice: "Keep deny alone, or remove it.",
    }),
  ];
}

const writing: readonly Capability[] = ["create", "update", "delete", "patch", "sudo"];

function checkGlob(rule: PolicyRule, granted: readonly Capability[]): LintFinding[] {
  const { kind, text } = patternOf(rule.path);
  const fixed = (kind === "prefix" ? text : text.replace(/\*$/u, ""))
    .split("/")
    .filter((part) => part !== "" && part !== "+");
  if (kind === "exact" || fixed.length > 1) return [];
  const severe = fixed.length === 0 || granted.some((capability) => writing.includes(capability));
  if (fixed.length === 1 && !rule.path.endsWith("*")) return [];
  return [
    findingOf(rule, {
      code: "broad-glob",
      severity: severe ? "error" : "warning",
      message:
        fixed.length === 0
          ? "This rule is for everything in Vault."
          : "This rule is for everything of a mount, or of several.",
      advice: "Name the paths that are used.",
    }),
  ];
}

function checkRootPath(rule: PolicyRule, granted: readonly Capability[]): LintFinding[] {
  const { kind, text } = patternOf(rule.path);
  const isRoot = kind === "exact" ? isRootPath(text) : coversRootPath(kind, text);
  if (granted.includes("sudo")) {
    return [
      findingOf(rule, {
        code: "sudo-granted",
        severity: kind === "exact" ? "info" : "warning",
        message: isRoot
          ? "This rule opens root-protected paths."
          : "This rule grants sudo, which no path that it names is known to need.",
        advice: isRoot ? "Grant it to operators alone, for exact paths." : "Remove sudo.",
      }),
    ];
  }
  if (kind !== "exact" || !isRoot) return [];
  return [
    findingOf(rule, {
      code: "root-path",
      severity: "warning",
      message: "This path is root-protected: without sudo the rule allows nothing.",
      advice: "Add sudo for operators, or remove the rule.",
    }),
  ];
}

function coversRootPath(kind: "prefix" | "segments", text: string): boolean {
  const start = kind === "prefix" ? text : text.slice(0, text.indexOf("+"));
  return rootPaths.some((path) => path.startsWith(start) || isRootPath(start, [path]));
}

function checkNumbers(rule: PolicyRule): LintFinding[] {
  const lists = [rule.allowedParameters, rule.deniedParameters].flatMap((values) =>
    Object.values(values ?? {}),
  );
  if (!lists.some((values) => values.some((value) => typeof value === "number"))) return [];
  return [
    findingOf(rule, {
      code: "number-parameter",
      severity: "error",
      message:
        "A parameter's value is a number here, which Vault never finds equal to a request's.",
      advice: "Write it as a text; requests must then send a text.",
    }),
  ];
}

const entityFields = ["id", "name", "metadata", "aliases"];
const fields =
  /^(?:identity\.entity\.(?:id|name|metadata\..+|aliases\.[^.]+\.(?:id|name|metadata\..+|custom_metadata\..+))|identity\.groups\.(?:ids|names)\.[^.]+\.(?:id|name|metadata\..+)|time\.now(?:\.(?:plus|minus)\..+)?)$/u;

function checkTemplates(rule: PolicyRule): LintFinding[] {
  if (!isTemplated(rule.path)) return [];
  const templates = (templateParts(rule.path) ?? []).filter((_, index) => index % 2 === 1);
  return templates
    .map((template) => template.trim())
    .filter((template) => !fields.test(template))
    .map((template) =>
      findingOf(rule, {
        code: "unknown-template",
        severity: "error",
        message: "A template of this path has no value for anybody: the rule never applies.",
        advice: templateAdvice(template),
      }),
    );
}

function templateAdvice(template: string): string {
  const [root = "", subject = "", field = ""] = template.split(".");
  if (root === "identity" && subject === "entity") {
    const meant = suggest(field, entityFields);
    if (meant !== undefined && meant !== field) return `Did you mean identity.entity.${meant}?`;
  }
  return "Use identity.entity.id, .name, .metadata.KEY, .aliases.ACCESSOR.name, or identity.groups.names.GROUP.id, .name, .metadata.KEY.";
}
