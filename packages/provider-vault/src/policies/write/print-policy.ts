import type { PolicyDocument, PolicyRule } from "../model.js";
import { attributesOf, type Attribute, type Content } from "./attributes.js";
import { checkRule } from "./check-rule.js";
import { quote } from "./quote.js";
import { writeValue } from "./values.js";

/**
 * Writes a policy as HCL, in one fixed form: what it reads back is equal.
 * @throws InvalidValueError for a rule that Vault would not take
 */
export function printPolicy(policy: PolicyDocument): string {
  const blocks = policy.rules.map(printRule);
  if (policy.name !== undefined) blocks.unshift(`name = ${quote(policy.name)}\n`);
  if (policy.comments !== undefined && policy.comments.length > 0)
    blocks.push(printComments(policy.comments));
  return blocks.join("\n");
}

/**
 * Writes a policy as the JSON that Vault takes, without comments.
 * @throws InvalidValueError for a rule that Vault would not take, or that JSON cannot hold
 */
export function printPolicyJson(policy: PolicyDocument): string {
  const rules = policy.rules.map((rule) => {
    checkRule(rule);
    return `    { ${quote(rule.path, true)}: ${jsonBlock(attributesOf(rule), "    ")} }`;
  });
  const parts = [
    ...(policy.name === undefined ? [] : [`  "name": ${quote(policy.name, true)}`]),
    // Vault does not take an empty list.
    ...(rules.length === 0 ? [] : [`  "path": [\n${rules.join(",\n")}\n  ]`]),
  ];
  return `{\n${parts.join(",\n")}\n}\n`;
}

function printRule(rule: PolicyRule): string {
  checkRule(rule);
  return `${printComments(rule.comments ?? [])}${printUnchecked(rule)}`;
}

/** A rule without its comments, whether Vault would take it or not: for comparing and showing. */
export function printUnchecked(rule: PolicyRule): string {
  return `path ${quote(rule.path)} ${hclBlock(attributesOf(rule), false, "")}\n`;
}

function printComments(lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split(/\r\n|[\n\r]/u))
    .map((line) => `# ${line.replaceAll(/[\0\uE123\p{Surrogate}]/gu, " ")}`.trimEnd() + "\n")
    .join("");
}

function hclBlock(attributes: readonly Attribute[], quoted: boolean, indent: string): string {
  if (attributes.length === 0) return "{}";
  const inner = `${indent}  `;
  const lines = attributes.flatMap(([name, content]) => hclLines(name, content, quoted, inner));
  return `{\n${lines.map((line) => `${inner}${line}\n`).join("")}${indent}}`;
}

function hclLines(name: string, content: Content, quoted: boolean, indent: string): string[] {
  switch (content.kind) {
    case "value":
      return [`${quoted ? quote(name) : name} = ${writeValue(content.value, false)}`];
    case "block":
      return [`${name} ${hclBlock(content.attributes, content.quoted, indent)}`];
    case "labelled":
      return content.blocks.flatMap(([label, block]) =>
        hclLines(`${name} ${quote(label)}`, block, false, indent),
      );
  }
}

function jsonBlock(attributes: readonly Attribute[], indent: string): string {
  if (attributes.length === 0) return "{}";
  const inner = `${indent}  `;
  const lines = attributes.map(
    ([name, content]) => `${inner}${quote(name, true)}: ${jsonContent(content, inner)}`,
  );
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

function jsonContent(content: Content, indent: string): string {
  switch (content.kind) {
    case "value":
      return writeValue(content.value, true);
    case "block":
      return jsonBlock(content.attributes, indent);
    case "labelled":
      return jsonBlock(content.blocks, indent);
  }
}
