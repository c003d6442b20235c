/**
 * @param {readonly number[]} values at least one
 * @returns {number} the middle one, or the mean of the two in the middle
 * @throws {RangeError} for an empty list
 */
export function median(values) {
  return percentile(values, 50);
}

/**
 * Linear interpolation between the closest ranks.
 *
 * @param {readonly number[]} values at least one
 * @param {number} percent 0 to 100
 * @throws {RangeError} for an empty list or a percentage outside the range
 */
export function percentile(values, percent) {
  if (values.length === 0) throw new RangeError("There is no percentile of no values.");
  if (!(percent >= 0 && percent <= 100)) throw new RangeError("A percentage is from 0 to 100.");
  const sorted = values.toSorted((a, b) => a - b);
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? 0;
  return below + (above - below) * (rank - Math.floor(rank));
}

/**
 * Median of the ratios of neighbouring samples: whatever slows the machine for a while slows both of a
 * round alike, and so leaves their ratio.
 *
 * @param {readonly number[]} samples one per round
 * @param {readonly number[]} ofPeer the peer's, of the same rounds
 */
export function medianRatio(samples, ofPeer) {
  return median(samples.map((sample, round) => sample / (ofPeer[round] ?? Number.NaN)));
}
