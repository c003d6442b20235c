import leven from "leven";

/** The known word that `word` was probably meant to be, or undefined. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(1, Math.floor(candidate.length / 3))) {
      if (best === undefined || distance < best.distance) best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Edits between two words; two neighbours that changed places are one, as it is one slip. */
function distanceOf(left: string, right: string): number {
  const distance = leven(left, right);
  if (distance !== 2 || left.length !== right.length) return distance;
  const first = Array.from(left).findIndex((character, index) => character !== right[index]);
  const swapped = left[first] === right[first + 1] && left[first + 1] === right[first];
  return swapped ? 1 : distance;
}

/** ` Did you mean "x"?` or nothing, to be put behind a sentence. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = suggest(word, known);
  return found === undefined ? "" : ` Did you mean "${found}"?`;
}
