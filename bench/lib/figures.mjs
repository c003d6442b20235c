/**
 * A measured value, with the bar it has to meet if it has one.
 *
 * @typedef {object} Figure
 * @property {string} name kebab-case, with its unit: `core-import-added-ms`
 * @property {number} value
 * @property {number} [atMost]
 * @property {number} [atLeast]
 * @property {string} [note] said after the verdict
 */

/**
 * A value that is no number meets no bar.
 *
 * @param {Figure} figure
 */
export function isMet({ value, atMost = Infinity, atLeast = -Infinity }) {
  return value <= atMost && value >= atLeast;
}

/**
 * `name = value (bar: <= value) met|short`, without the brackets for a figure that has no bar.
 *
 * @param {Figure} figure
 */
export function formatFigure(figure) {
  const { name, value, atMost, atLeast, note } = figure;
  const bars = [
    ...(atMost === undefined ? [] : [`<= ${formatNumber(atMost)}`]),
    ...(atLeast === undefined ? [] : [`>= ${formatNumber(atLeast)}`]),
  ];
  const verdict =
    bars.length === 0 ? "" : ` (bar: ${bars.join(", ")}) ${isMet(figure) ? "met" : "short"}`;
  return `${name} = ${formatNumber(value)}${verdict}${note === undefined ? "" : `; ${note}`}`;
}

/**
 * Prints a line per figure.
 *
 * @param {readonly Figure[]} figures
 * @param {{ check: boolean, print?: (line: string) => void }} options
 * @returns {0 | 1} exit code: 1 when `check` is asked for and a bar is not met
 */
export function reportFigures(figures, { check, print = console.log }) {
  for (const figure of figures) print(formatFigure(figure));
  return check && !figures.every(isMet) ? 1 : 0;
}

/** @param {number} value */
function formatNumber(value) {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
