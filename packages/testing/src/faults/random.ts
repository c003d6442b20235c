/**
 * Numbers from 0 up to 1 that follow from a seed alone: Marsaglia's xorshift with 32 bits of state
 * (Journal of Statistical Software 8, 2003). Not for secrets.
 */
export function seededRandom(seed: number): () => number {
  // The state must not be 0; multiplied, so that neighbouring seeds begin far apart.
  let state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
