import leven from "leven";

/** The known word that `word` was probably meant to be, or undefined. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = leven(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(1, Math.floor(candidate.length / 3))) {
      if (best === undefined || distance < best.distance) best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** ` Did you mean "x"?` or nothing, to be put behind a sentence. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = suggest(word, known);
  return found === undefined ? "" : ` Did you mean "${found}"?`;
}
