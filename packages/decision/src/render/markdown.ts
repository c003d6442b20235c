import type { Choice } from "../advice/pattern.js";
import type { Shape } from "../advice/shape.js";
import type { CriterionResult } from "../criteria/evaluate.js";
import type { Decision } from "../decide.js";
import { recordFence, recordText, toRecord } from "../record/record.js";
import { consequencesOf } from "./consequences.js";
import { type RenderOptions, renderTexts } from "./options.js";
import { evidenceWords, flipWords, observedWords, verdictWords } from "./words.js";

/**
 * Makes text safe anywhere in a Markdown document: on one line, and with every character that could
 * begin markup, a table cell, HTML or a fence shown as itself.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]|~#!$]/g, "\\$&")
    .trim();
}

/** A run of code; back-quotes cannot be escaped inside one, so they are replaced. */
function code(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").replaceAll("`", "'");
  return `\`${plain.replaceAll("|", "\\|")}\``;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}

function criterionRow(result: CriterionResult): string[] {
  const { side, title, state, observed, threshold, weight } = result;
  return [
    side,
    title,
    state === "unknown" ? "unknown" : `**${state}**`,
    escapeMarkdown(observedWords(observed)),
    threshold.text,
    String(weight),
    escapeMarkdown(evidenceWords(result)),
  ];
}

function arithmeticTable({ arithmetic }: Decision): string[] {
  const rows = [
    ["as known (unknown counts for neither side)", arithmetic.asKnown],
    ["worst case (every unknown against Vault)", arithmetic.worstCase],
    ["best case (every unknown for Vault)", arithmetic.bestCase],
  ] as const;
  return table(
    ["Case", "Adopt", "Avoid", "Margin", "Gives"],
    rows.map(([name, { adopt, avoid, verdict }]) => [
      name,
      String(adopt),
      String(avoid),
      String(arithmetic.margin),
      verdict,
    ]),
  );
}

function sensitivitySection({ sensitivity }: Decision): string[] {
  if (sensitivity.unknown.length === 0) return ["Nothing is unknown, so nothing can change it."];
  const lines: string[] = [`Unknown: ${sensitivity.unknown.map(code).join(", ")}.`, ""];
  if (sensitivity.firm) return [...lines, "No answer to them changes the verdict."];
  if (sensitivity.single.length === 0) lines.push("No single answer changes the verdict.");
  else lines.push("One answer alone changes the verdict:", "");
  lines.push(...sensitivity.single.map((flip) => `- ${flipWords(flip)}`));
  if (sensitivity.combinations.length > 0) {
    lines.push("", "Only several answers together lead to these (one smallest set each):", "");
    lines.push(...sensitivity.combinations.map((flip) => `- ${flipWords(flip)}`));
  }
  return lines;
}

function choiceLine(name: string, { choice, why, assumptions }: Choice<string | number>): string {
  const assumed = assumptions.length === 0 ? [] : [`Assumed: ${assumptions.join("; ")}.`];
  return `- **${name}: ${choice}.** ${escapeMarkdown([...why, ...assumed].join(" "))}`;
}

function shapeSection(shape: Shape): string[] {
  const { pattern, storage, nodes, seal, isolation, tokens, policies } = shape;
  return [
    "## Shape",
    "",
    choiceLine("Integration", pattern),
    choiceLine("Storage", storage),
    choiceLine("Nodes", nodes),
    choiceLine("Unsealing", seal),
    choiceLine("Isolation", isolation),
    choiceLine("Tokens", tokens),
    "",
    ...table(
      ["Integration pattern", "For", "Against", "With Kinko"],
      pattern.tradeOffs.map(({ id, title, good, bad, eased }) => [
        id === pattern.choice ? `**${title}**` : title,
        good.join("; "),
        bad.join("; "),
        eased,
      ]),
    ),
    "",
    ...table(
      ["Policy", "Paths", "Purpose"],
      policies.map(({ name, rules, purpose }) => [
        code(name),
        rules.map((rule) => `${code(rule.path)} ${rule.capabilities.join(", ")}`).join("; "),
        escapeMarkdown(purpose),
      ]),
    ),
    "",
  ];
}

/**
 * A decision as an architecture decision record in Markdown, ready to commit.
 *
 * Pure: the date comes from the caller. Every text that came from outside is escaped. The record
 * ends with a fenced JSON block that `checkDecision` reads, so the file itself can be checked.
 */
export function toMarkdown(decision: Decision, options: RenderOptions): string {
  const { title, status, date, context, checkCommand } = renderTexts(options);
  const { criteria, reasoning, alternatives, contradictions, shape, verdict } = decision;
  const lines = [
    `# ${escapeMarkdown(title)}`,
    "",
    `- Status: ${escapeMarkdown(status)}`,
    `- Date: ${escapeMarkdown(date)}`,
    `- Verdict: **${verdictWords[verdict]}**${decision.firm ? "" : " (not firm: see Sensitivity)"}`,
    "",
    "## Context",
    "",
    escapeMarkdown(context),
    "",
    ...table(
      ["Side", "Criterion", "State", "Observed", "Threshold", "Weight", "Evidence"],
      criteria.map(criterionRow),
    ),
    "",
    ...contradictions.flatMap((text) => [`> Look again: ${escapeMarkdown(text)}.`, ""]),
    "## Decision",
    "",
    reasoning.join(" "),
    "",
    ...arithmeticTable(decision),
    "",
    ...(shape === null ? [] : shapeSection(shape)),
    "## Consequences",
    "",
    ...consequencesOf(decision).map((text) => `- ${escapeMarkdown(text)}`),
    "",
    "## Sensitivity",
    "",
    ...sensitivitySection(decision),
    "",
    "## Alternatives",
    "",
    ...alternatives.map(
      ({ title: name, fit, why }) =>
        `- **${escapeMarkdown(name)}**${fit === "recommended" ? " (recommended)" : ""}: ${escapeMarkdown(why)}`,
    ),
    "",
    "## How to run it again",
    "",
    `${code(checkCommand)} fails when this decision no longer holds. It reads the block below.`,
    "",
    recordFence,
    recordText(toRecord(decision)),
    "```",
    "",
  ];
  return lines.join("\n");
}
