/** Levenshtein distance, the classic two-row form; names here are short. */
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const deletion = (previous[column] ?? 0) + 1;
      const insertion = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(substitution, deletion, insertion));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_\s]/g, "");

/**
 * The candidate that `typed` most likely meant, or undefined when none is near.
 *
 * Near means: equal when case, `-` and `_` are ignored, a unique beginning of at least four
 * letters, or at most a third of the letters wrong.
 */
export function nearestName(typed: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(typed.slice(0, 100));
  if (wanted === "") return undefined;
  const beginning = candidates.filter(
    (candidate) => wanted.length >= 4 && plain(candidate).startsWith(wanted),
  );
  if (beginning.length === 1) return beginning[0];
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const found = distance(wanted, plain(candidate));
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  const tolerated = Math.max(1, Math.floor(wanted.length / 3));
  return bestDistance <= tolerated ? best : undefined;
}
