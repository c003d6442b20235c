import { createHash } from "node:crypto";
import type { Choice } from "../advice/pattern.js";
import type { Shape } from "../advice/shape.js";
import type { CriterionResult } from "../criteria/evaluate.js";
import type { Decision } from "../decide.js";
import type { Flip } from "../verdict/sensitivity.js";
import { chartSvg } from "./chart.js";
import { consequencesOf } from "./consequences.js";
import { escapeHtml } from "./html-escape.js";
import { sortScript } from "./html-script.js";
import { pageStyle } from "./html-style.js";
import { type RenderOptions, renderTexts } from "./options.js";
import { evidenceWords, flipWords, observedWords, verdictWords } from "./words.js";

const stateRank = { met: "1", unknown: "2", unmet: "3" } as const;

/** Columns of figures, aligned to the right. */
const numberHeads = new Set(["Weight", "Adopt", "Avoid", "Margin"]);

const items = (entries: readonly string[]): string =>
  `<ul>${entries.map((entry) => `<li>${entry}</li>`).join("")}</ul>`;
const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;
const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;

interface TableOptions {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly string[];
  readonly sortable?: boolean;
}

/** A table in a region that scrolls sideways and can be reached by keyboard. */
function table({ caption, heads, rows, sortable = false }: TableOptions): string {
  const cells = heads
    .map((head) => {
      const align = numberHeads.has(head) ? ' class="number"' : "";
      return `<th scope="col"${align}>${escapeHtml(head)}</th>`;
    })
    .join("");
  const mark = sortable ? " data-sortable" : "";
  const label = escapeHtml(caption);
  return `<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table${mark}><caption>${label}</caption><thead><tr>${cells}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function criterionRow(result: CriterionResult): string {
  const { side, title, state, observed, threshold, weight } = result;
  return [
    `<tr><th scope="row">${escapeHtml(title)}</th>`,
    `<td>${side}</td>`,
    `<td class="state ${state}" data-sort="${stateRank[state]}">${state}</td>`,
    `<td>${escapeHtml(observedWords(observed))}</td>`,
    `<td>${escapeHtml(threshold.text)}</td>`,
    `<td class="number">${weight}</td>`,
    `<td class="wide">${escapeHtml(evidenceWords(result))}</td></tr>`,
  ].join("");
}

function arithmeticRows({ arithmetic }: Decision): string[] {
  const cases = [
    ["As known (unknown counts for neither side)", arithmetic.asKnown],
    ["Worst case (every unknown against Vault)", arithmetic.worstCase],
    ["Best case (every unknown for Vault)", arithmetic.bestCase],
  ] as const;
  return cases.map(([name, { adopt, avoid, verdict }]) => {
    const figures = [adopt, avoid, arithmetic.margin];
    const numbers = figures.map((figure) => `<td class="number">${figure}</td>`).join("");
    return `<tr><th scope="row">${name}</th>${numbers}<td>${verdict}</td></tr>`;
  });
}

function flips(title: string, entries: readonly Flip[]): string {
  if (entries.length === 0) return "";
  return `<h3>${title}</h3>${items(entries.map((flip) => escapeHtml(flipWords(flip))))}`;
}

function sensitivitySection({ sensitivity }: Decision): string {
  const { unknown, firm, single, combinations } = sensitivity;
  if (unknown.length === 0) return paragraph("Nothing is unknown, so nothing can change it.");
  const list = `<p>Unknown: ${unknown.map(code).join(", ")}.</p>`;
  if (firm) return list + paragraph("No answer to them changes the verdict.");
  const none = single.length === 0 ? paragraph("No single answer changes the verdict.") : "";
  return [
    list,
    none,
    flips("One answer alone changes the verdict", single),
    flips("Only several answers together (one smallest set each)", combinations),
  ].join("");
}

function choiceItem(name: string, { choice, why, assumptions }: Choice<string | number>): string {
  const assumed = assumptions.length === 0 ? "" : ` Assumed: ${assumptions.join("; ")}.`;
  return `<strong>${name}: ${choice}.</strong> ${escapeHtml(why.join(" ") + assumed)}`;
}

function shapeSection(shape: Shape): string {
  const { pattern, storage, nodes, seal, isolation, tokens, policies } = shape;
  const choices = items([
    choiceItem("Integration", pattern),
    choiceItem("Storage", storage),
    choiceItem("Nodes", nodes),
    choiceItem("Unsealing", seal),
    choiceItem("Isolation", isolation),
    choiceItem("Tokens", tokens),
  ]);
  const patterns = pattern.tradeOffs.map(({ id, title, good, bad, eased }) => {
    const cells = [good.join("; "), bad.join("; "), eased].map(
      (text) => `<td class="wide">${escapeHtml(text)}</td>`,
    );
    const chosen = id === pattern.choice ? " (chosen)" : "";
    return `<tr><th scope="row">${escapeHtml(title + chosen)}</th>${cells.join("")}</tr>`;
  });
  const planned = policies.map(({ name, rules, purpose }) => {
    const paths = rules.map(({ path, capabilities }) => {
      return `${code(path)} ${escapeHtml(capabilities.join(", "))}`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th><td>${paths.join("<br>")}</td><td class="wide">${escapeHtml(purpose)}</td></tr>`;
  });
  return [
    "<h2>Shape</h2>",
    choices,
    "<h3>Integration patterns</h3>",
    table({
      caption: "Integration patterns compared",
      heads: ["Pattern", "For", "Against", "With Kinko"],
      rows: patterns,
    }),
    "<h3>Policies to begin with</h3>",
    table({
      caption: "Policies to begin with, over a KV version 2 engine at secret/",
      heads: ["Policy", "Paths", "Purpose"],
      rows: planned,
    }),
  ].join("\n");
}

function alternativesSection({ alternatives }: Decision): string {
  return items(
    alternatives.map(({ title, fit, why }) => {
      const mark = fit === "recommended" ? " (recommended)" : "";
      return `<strong>${escapeHtml(title)}</strong>${mark}: ${escapeHtml(why)}`;
    }),
  );
}

/** Only this very style and script may run, and nothing may be loaded, whatever slipped in. */
function securityPolicy(): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return `default-src 'none'; style-src ${hash(pageStyle)}; script-src ${hash(sortScript)}; base-uri 'none'; form-action 'none'`;
}

/**
 * A decision as one self-contained HTML page: no network, dark and light, a table that sorts, usable
 * by keyboard and screen reader. Pure: the date comes from the caller. Everything is escaped, and a
 * content security policy allows the page's own style and script alone.
 */
export function toHtml(decision: Decision, options: RenderOptions): string {
  const { title, status, date, context, checkCommand } = renderTexts(options);
  const { verdict, firm, reasoning, criteria, contradictions, shape } = decision;
  const firmness = firm ? "firm" : "not firm: see Sensitivity";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${securityPolicy()}">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="meta">${escapeHtml(`${date}, ${status}`)}</p>
<section class="verdict" aria-label="Verdict">
<p><span class="badge ${verdict}">${verdictWords[verdict]}</span> <span class="meta">${firmness}</span></p>
${paragraph(reasoning.join(" "))}
</section>
<figure>${chartSvg(criteria)}</figure>
<h2>Context</h2>
${paragraph(context)}
${contradictions.map((text) => `<p class="look">Look again: ${escapeHtml(text)}.</p>`).join("")}
<h2>Criteria</h2>
${table({
  caption: "Every criterion with its evidence; the column heads sort",
  heads: ["Criterion", "Side", "State", "Observed", "Threshold", "Weight", "Evidence"],
  rows: criteria.map(criterionRow),
  sortable: true,
})}
<p id="sort-status" class="meta" role="status"></p>
<h2>Arithmetic</h2>
${table({
  caption: "Weights of the met criteria, added up",
  heads: ["Case", "Adopt", "Avoid", "Margin", "Gives"],
  rows: arithmeticRows(decision),
})}
${shape === null ? "" : shapeSection(shape)}
<h2>Consequences</h2>
${items(consequencesOf(decision).map(escapeHtml))}
<h2>Sensitivity</h2>
${sensitivitySection(decision)}
<h2>Alternatives</h2>
${alternativesSection(decision)}
<h2>How to run it again</h2>
<p>${code(checkCommand)} fails when this decision no longer holds.</p>
</main>
<script>${sortScript}</script>
</body>
</html>
`;
}
