/**
 * How fast a figure grows, by the line of least squares through its samples.
 *
 * @param {readonly (readonly [atMs: number, value: number])[]} samples two at least
 */
export function slopePerTenMinutes(samples) {
  const count = samples.length;
  if (count < 2) throw new RangeError("A slope takes two samples at least.");
  const meanAt = samples.reduce((sum, [at]) => sum + at, 0) / count;
  const mean = samples.reduce((sum, [, value]) => sum + value, 0) / count;
  let above = 0;
  let below = 0;
  for (const [at, value] of samples) {
    above += (at - meanAt) * (value - mean);
    below += (at - meanAt) ** 2;
  }
  return (above / below) * 600_000;
}
