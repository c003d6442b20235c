import type { PolicyDocument } from "../model.js";
import { canonicalRules } from "./canonical.js";

/** What became of the rules of one path. */
export interface RuleChange {
  readonly path: string;
  readonly action: "added" | "changed" | "removed";
  /** HCL in one fixed form; each line begins with `+`, `-` or a space. */
  readonly lines: readonly string[];
}

/**
 * The rules that two policies do not have alike, whatever the order, formatting and comments of
 * their texts; none for two that say the same.
 */
export function compareRules(
  before: PolicyDocument | undefined,
  after: PolicyDocument | undefined,
): readonly RuleChange[] {
  const old = canonicalRules(before ?? { rules: [] });
  const next = canonicalRules(after ?? { rules: [] });
  const paths = Array.from(new Set([...old.keys(), ...next.keys()])).toSorted();
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path), next.get(path)];
    if (was === is) return [];
    return [{ path, action: actionOf(was, is), lines: diffLines(linesOf(was), linesOf(is)) }];
  });
}

function actionOf(was: string | undefined, is: string | undefined): RuleChange["action"] {
  if (was === undefined) return "added";
  return is === undefined ? "removed" : "changed";
}

function linesOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.trimEnd().split("\n");
}

/** Lines of two texts in one; attributes are in a fixed order, so that no search for moved ones is needed. */
function diffLines(before: readonly string[], after: readonly string[]): string[] {
  // Lengths of the longest common rests.
  const common = Array.from({ length: before.length + 1 }, () =>
    Array.from({ length: after.length + 1 }, () => 0),
  );
  const at = (row: number, column: number): number => common[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1)
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const value =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      (common[row] as number[])[column] = value;
    }
  const lines: string[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      lines.push(`  ${before[row]}`);
      row += 1;
      column += 1;
    } else if (
      row < before.length &&
      (column === after.length || at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push(`- ${before[row]}`);
      row += 1;
    } else {
      lines.push(`+ ${after[column]}`);
      column += 1;
    }
  }
  return lines;
}
