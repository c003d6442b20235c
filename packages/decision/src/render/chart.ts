import type { CriterionResult } from "../criteria/evaluate.js";
import type { CriterionSide, CriterionState } from "../criteria/ids.js";
import { escapeHtml } from "./html-escape.js";

const width = 440;
const blockHeight = 30;
const rowHeight = 64;
const gap = 4;

const stateOrder: readonly CriterionState[] = ["met", "unknown", "unmet"];

function weightIn(criteria: readonly CriterionResult[], state?: CriterionState): number {
  return criteria
    .filter((result) => state === undefined || result.state === state)
    .reduce((sum, { weight }) => sum + weight, 0);
}

function sideWords(side: CriterionSide, criteria: readonly CriterionResult[]): string {
  const name = side === "adopt" ? "For Vault" : "Against Vault";
  const parts = stateOrder.map((state) => `${weightIn(criteria, state)} ${state}`);
  return `${name}: ${parts.join(", ")}`;
}

function row(
  side: CriterionSide,
  criteria: readonly CriterionResult[],
  top: number,
  unit: number,
): string {
  const sorted = stateOrder.flatMap((state) => criteria.filter((result) => result.state === state));
  let left = 0;
  const blocks = sorted
    .filter(({ weight }) => weight > 0)
    .map(({ title, state, weight }) => {
      const blockWidth = Math.max(1, weight * unit - gap);
      const box = `x="${(left + 1).toFixed(1)}" y="${top + 22}" width="${blockWidth.toFixed(1)}" height="${blockHeight}" rx="3"`;
      left += weight * unit;
      const label = `<title>${escapeHtml(`${title}: ${state}, weight ${weight}`)}</title>`;
      if (state !== "unknown") return `<rect class="${state}" ${box}>${label}</rect>`;
      return `<g>${label}<rect fill="url(#hatch-${side})" ${box}/><rect class="edge" ${box}/></g>`;
    });
  const text = `<text class="strong" x="1" y="${top + 14}">${escapeHtml(sideWords(side, criteria))}</text>`;
  return `<g class="${side}">${text}${blocks.join("")}</g>`;
}

function hatch(side: CriterionSide | "legend"): string {
  return `<pattern id="hatch-${side}" class="${side}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="7"/></pattern>`;
}

function legend(top: number): string {
  const item = (left: number, state: CriterionState, box: string) =>
    `<g transform="translate(${left} ${top})">${box}<text x="24" y="12">${state}</text></g>`;
  const frame = 'x="1" y="1" width="16" height="13" rx="2"';
  return `<g class="legend">${[
    item(0, "met", `<rect class="met" ${frame}/>`),
    item(80, "unknown", `<rect fill="url(#hatch-legend)" ${frame}/><rect class="edge" ${frame}/>`),
    item(190, "unmet", `<rect class="unmet" ${frame}/>`),
  ].join("")}</g>`;
}

/**
 * The criteria for and against as a drawing: a block for each criterion, as wide as its weight,
 * filled when met, hatched when unknown, empty when unmet. Never told apart by colour alone.
 */
export function chartSvg(criteria: readonly CriterionResult[]): string {
  const adopt = criteria.filter(({ side }) => side === "adopt");
  const avoid = criteria.filter(({ side }) => side === "avoid");
  const unit = (width - 2) / Math.max(weightIn(adopt), weightIn(avoid), 1);
  const height = 2 * rowHeight + 26;
  const description = `${sideWords("adopt", adopt)}. ${sideWords("avoid", avoid)}. Figures are weights; ${criteria.length} criteria in all, listed in the table below.`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="chart-title chart-desc">
<title id="chart-title">Criteria for and against Vault</title>
<desc id="chart-desc">${escapeHtml(description)}</desc>
<defs>${hatch("adopt")}${hatch("avoid")}${hatch("legend")}</defs>
${row("adopt", adopt, 0, unit)}
${row("avoid", avoid, rowHeight, unit)}
${legend(2 * rowHeight + 6)}
</svg>`;
}
