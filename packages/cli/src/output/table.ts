import { printable } from "./output.js";
import type { Style } from "./style.js";

/** Lines of a table with a heading, columns as wide as they must be. */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const clean = rows.map((row) => row.map(printable));
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...clean.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [style.dim(line(heading)), ...clean.map(line)].map((text) => `${text}\n`).join("");
}

/** Lines of `name  value`, the names in one column. */
export function formatPairs(pairs: readonly (readonly [string, string])[], style: Style): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs
    .map(([name, value]) => `${style.dim(name.padEnd(width))}  ${printable(value)}\n`)
    .join("");
}
