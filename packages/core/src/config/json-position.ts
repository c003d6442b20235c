import type { Position } from "./parse-file.js";

/**
 * Where a text stops being JSON. Engines tell it only for some mistakes, and beside a quotation
 * of the text, so it is found by halving: the longest beginning that could still become JSON.
 */
export function findJsonError(text: string): Position {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const lines = text.slice(0, good).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** Whether a text is JSON, or fails only at its end, where more could follow. */
function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const offset = /at position (\d+)/u.exec(message)?.[1];
    return /end of JSON/u.test(message) || Number(offset) === text.length;
  }
}
